"""Answers of services_hall to erasures (清除答复), as it announces them."""

from typing import ClassVar

from shared.contracts.erasure_answers import ErasureAnswerState as State
from shared.contracts.erasure_answers import answer_facts, answer_topic


class ErasureAnswerState(State):
    """How far services_hall has carried an erasure out."""

    noun: ClassVar = "services_hall.erasure_answer"
    channel: ClassVar = answer_topic("services_hall", "一站式代办")


ANSWER_FACTS = answer_facts(ErasureAnswerState)
