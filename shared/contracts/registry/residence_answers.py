"""居住网格变更答复: what registry says of a proposal of grid's, as it announces it."""

from typing import ClassVar

from shared.contracts.effect_answers import EffectAnswer, answer_facts
from shared.contracts.topic import Topic


class ResidenceAnswerState(EffectAnswer):
    """Whether registry has entered a person in the grid that grid proposed, or why it does not."""

    noun: ClassVar = "registry.residence_answer"
    channel: ClassVar = Topic(
        noun,
        "registry.residence_answers_restricted",
        readers=("grid",),
        published=False,
        tells=(
            "每条居住网格变更建议是否已登记，未登记的原因代码",
            "whether a proposed change of somebody's grid was entered, or the code of why not",
        ),
    )


ANSWER_FACTS = answer_facts(ResidenceAnswerState)
