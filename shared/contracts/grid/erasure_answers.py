"""Answers of grid to erasures (清除答复), as it announces them."""

from typing import ClassVar

from shared.contracts.erasure_answers import ErasureAnswerState as State
from shared.contracts.erasure_answers import answer_facts, answer_topic


class ErasureAnswerState(State):
    """How far grid has carried an erasure out."""

    noun: ClassVar = "grid.erasure_answer"
    channel: ClassVar = answer_topic("grid", "网格化")


ANSWER_FACTS = answer_facts(ErasureAnswerState)
