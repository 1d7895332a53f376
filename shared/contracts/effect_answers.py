"""办理答复: what a service says of an effect that another one asked for: applied under its own rules, or refused.

The asking service announces a request as a state of its own noun (`EffectRequest`); the applying one announces a state
for each request, with the request's id. `answer_facts` makes the classes of the facts of an answering noun.
"""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Code, Fact, State
from shared.contracts.made_facts import FactLine, facts_of
from shared.reference.named_code import NamedCode

_FACTS: tuple[FactLine, ...] = (
    ("applied", "The effect was applied (已办理).", {}, {}),
    (
        "refused",
        "The rules of the applying service refuse it (不予办理): `code` says why.",
        {"state": {"status": "refused", "code": "unknown_grid"}},
        {},
    ),
    ("restated", "The answer is announced again, unchanged.", {}, {}),
)


class EffectStatus(NamedCode):
    """How far an effect is that one service asks another for."""

    ASKED = "asked", "待答复"
    APPLIED = "applied", "已办理"
    REFUSED = "refused", "不予办理"


class EffectRequest(State):
    """An effect that another service is asked for. `asked`: how often it was asked; each time is answered once."""

    id: UUID = Field(description="请求标识 id of the request", examples=["0197d0c0-b101-7a02-8b03-0c04d05e0f01"])
    asked: int = Field(default=1, description="请求次数 how often it was asked for, from 1", examples=[1])
    status: EffectStatus = Field(description="状态 asked, applied or refused", examples=["asked"])
    code: Code | None = Field(default=None, description="拒绝原因 why it was refused; null otherwise", examples=[None])
    answered_at: datetime | None = Field(
        default=None, description="答复时间 when it was answered; null while it is asked for"
    )


class EffectAnswer(State):
    """What became of a request, by the request's id. `asked` is the number that it answers."""

    id: UUID = Field(description="请求标识 id of the request", examples=["0197d0c0-b101-7a02-8b03-0c04d05e0f01"])
    asked: int = Field(description="请求次数 which asking it answers", examples=[1])
    status: EffectStatus = Field(description="状态 applied or refused", examples=["applied"])
    code: Code | None = Field(default=None, description="拒绝原因 why it was refused; null if it was applied")
    answered_at: datetime = Field(description="答复时间 when it was answered", examples=["2026-11-03T02:00:01Z"])


S = TypeVar("S", bound=EffectAnswer)


def answer_facts(state: type[S]) -> dict[str, type[Fact[S]]]:
    """The classes of the facts of an answering noun, by their last word. Raises `TypeError` if they exist already."""
    return facts_of(state, _FACTS)
