"""Answers of indicators to erasures (清除答复), as it announces them."""

from typing import ClassVar

from shared.contracts.erasure_answers import ErasureAnswerState as State
from shared.contracts.erasure_answers import answer_facts, answer_topic


class ErasureAnswerState(State):
    """How far indicators has carried an erasure out."""

    noun: ClassVar = "indicators.erasure_answer"
    channel: ClassVar = answer_topic("indicators", "指标汇总与考评")


ANSWER_FACTS = answer_facts(ErasureAnswerState)
