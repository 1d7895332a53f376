"""清除答复: what a service says of an erasure that registry ordered: how much it erased, and when it was done.

Every service that reads erasures has the noun, with the same facts; `answer_facts` makes the classes of the facts.
"""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Code, Fact, State
from shared.contracts.made_facts import FactLine, facts_of
from shared.contracts.topic import Topic

ANSWER = "erasure_answer"
"""Last part of the noun of an owner."""

_FACTS: tuple[FactLine, ...] = (
    ("answered", "The service erased what it may now; done once nothing is left (清除答复).", {}, {}),
    ("restated", "The answer is announced again, unchanged.", {}, {}),
)


class ErasureAnswerState(State):
    """How far a service has carried an erasure out. Persons by id, and numbers of things: nothing of what they held."""

    id: UUID = Field(description="清除标识 id of the erasure", examples=["0197d0c0-9e01-7a02-8b03-0c04d05e0f06"])
    persons: tuple[UUID, ...] = Field(
        description="居民标识 ids under which the person stood in the register",
        examples=[["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]],
    )
    asked_at: datetime = Field(description="收到时间 when the service heard of it", examples=["2026-11-03T02:00:01Z"])
    done_at: datetime | None = Field(
        default=None,
        description="完成时间 when nothing was left; null while something has to be kept",
        examples=["2026-11-03T02:00:01Z"],
    )
    counts: dict[Code, int] = Field(
        description="数量 how many of each were erased, and how many have to be kept for now (`kept`)",
        examples=[{"records": 2, "files": 1}],
    )


S = TypeVar("S", bound=ErasureAnswerState)


def answer_facts(state: type[S]) -> dict[str, type[Fact[S]]]:
    """The classes of the facts of an owner, by their last word. Raises `TypeError` if they exist already."""
    return facts_of(state, _FACTS)


def answer_topic(owner: str, what: str) -> Topic:
    """The topic of an owner's answers. `what`: in Chinese, whose they are."""
    return Topic(
        f"{owner}.{ANSWER}",
        f"{owner}.{ANSWER}s_restricted",
        readers=("registry",),
        published=False,
        tells=(
            f"{what}已清除某位原居民（按标识）的多少条内容、何时完成",
            "how much of a former resident (by id) the service has erased, and when it was done",
        ),
    )
