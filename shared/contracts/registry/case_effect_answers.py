"""办件登记答复: what registry says of a change that a granted case of the hall asks for, as it announces it."""

from typing import ClassVar

from shared.contracts.effect_answers import EffectAnswer, answer_facts
from shared.contracts.topic import Topic


class CaseEffectAnswerState(EffectAnswer):
    """Whether registry has applied what a granted case asks for, or why it does not, or no longer does."""

    noun: ClassVar = "registry.case_effect_answer"
    channel: ClassVar = Topic(
        noun,
        "registry.case_effect_answers_restricted",
        readers=("services_hall",),
        published=False,
        tells=(
            "每件准予的办件提请的登记是否已办理，未办理或已撤销的原因代码",
            "whether the change that a granted case asks for was applied, or the code of why it is not, or no longer",
        ),
    )


ANSWER_FACTS = answer_facts(CaseEffectAnswerState)
