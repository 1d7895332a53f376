"""Satisfaction calls (满意度回访) as grid announces them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class SatisfactionCallStatus(NamedCode):
    """Statuses of a call: 待回访, 已回访, 未能联系."""

    DUE = "due", "待回访"
    ANSWERED = "answered", "已回访"
    UNREACHED = "unreached", "未能联系"


class SatisfactionCallState(State):
    """Whether whoever reported an incident was asked after its closing, and what they said. Nobody is named."""

    noun: ClassVar = "grid.satisfaction_call"
    channel: ClassVar = Topic(
        noun,
        "grid.satisfaction_calls",
        tells=(
            "哪个网格的哪件事件结案后是否回访、满意度几级；不涉及上报人和回访人",
            "whether who reported which closed incident was called back, and how satisfied they were; nobody is named",
        ),
    )
    id: UUID = Field(description="回访标识 id of the call", examples=["0197d0c0-b501-7a02-8b03-0c04d05e0f31"])
    incident_id: UUID = Field(
        description="事件标识 id of the incident", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"]
    )
    area: AreaCode = Field(
        description="所属区域 grid (15 digits) or village (12) of the incident", examples=["450481114201001"]
    )
    source: Code = Field(
        description="来源 of the people: resident, public or hotline_12345", examples=["hotline_12345"]
    )
    category: Code = Field(description="事件类别 category of the incident", examples=["environment"])
    status: SatisfactionCallStatus = Field(description="状态 due, answered or unreached", examples=["answered"])
    closed_at: datetime = Field(
        description="结案时间 when the incident was closed, and the call became due", examples=["2026-11-22T07:10:00Z"]
    )
    attempts: int = Field(default=0, description="未接通次数 how often nobody answered", examples=[1])
    ended_at: datetime | None = Field(
        default=None,
        description="回访时间 when it was answered or given up; null before",
        examples=["2026-11-23T02:00:00Z"],
    )
    rating: int | None = Field(
        default=None,
        description="满意度 5 (非常满意) to 1 (非常不满意); null without an answer, which never counts as satisfied",
        examples=[4],
    )
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原所属区域 where the incident lay before changes of areas, oldest first"
    )


_DUE = {"state": {"version": 1, "status": "due", "attempts": 0, "ended_at": None, "rating": None}}


class SatisfactionCallDue(Fact[SatisfactionCallState]):
    """The incident was closed: whoever reported it is to be called."""

    type: ClassVar = "grid.satisfaction_call.due"
    example: ClassVar = _DUE


class SatisfactionCallAttempted(Fact[SatisfactionCallState]):
    """Nobody answered (未接通)."""

    type: ClassVar = "grid.satisfaction_call.attempted"
    example: ClassVar = {"state": {"version": 2, "status": "due", "ended_at": None, "rating": None}}


class SatisfactionCallAnswered(Fact[SatisfactionCallState]):
    """They said how satisfied they are."""

    type: ClassVar = "grid.satisfaction_call.answered"
    example: ClassVar = {"state": {"version": 3}}


class SatisfactionCallGivenUp(Fact[SatisfactionCallState]):
    """They could not be reached (未能联系): no answer, and no satisfaction."""

    type: ClassVar = "grid.satisfaction_call.given_up"
    example: ClassVar = {"state": {"version": 3, "status": "unreached", "rating": None}}


class SatisfactionCallTakenBack(Fact[SatisfactionCallState]):
    """What was entered was a mistake and was taken back: the call is due again."""

    type: ClassVar = "grid.satisfaction_call.taken_back"
    example: ClassVar = {"state": {"version": 4, "status": "due", "ended_at": None, "rating": None}}


class SatisfactionCallBoundaryChanged(Fact[SatisfactionCallState]):
    """The incident's village or grid got another code (区划调整)."""

    type: ClassVar = "grid.satisfaction_call.boundary_changed"
    example: ClassVar = {"state": {"version": 4, "former": [{"area": "450481114202001", "until": "2026-11-26"}]}}


class SatisfactionCallRestated(Fact[SatisfactionCallState]):
    """The call is announced again, unchanged."""

    type: ClassVar = "grid.satisfaction_call.restated"
    example: ClassVar = {"state": {"version": 3}}
