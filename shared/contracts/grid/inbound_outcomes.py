"""Inbound outcomes (来件结果): what county systems are answered."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.county.answers import InboundStatus
from shared.contracts.county.submission import EVENT_ID
from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.topic import Topic


class InboundOutcomeState(State):
    """What became of one event of a county system: our answer, and where the incident made of it stands.

    `request_source` and `request_id` are the event's own attributes; null if the source is not on the allow-list, or
    the id is not one: then `request_id_masked` says what may be said of it. `topic`, `partition` and `offset` name the
    record that was answered last: whoever sent it knows them from the broker's acknowledgement.

    `coalesced`: the answer to all records of a partition and source that were rejected for one reason and are not
    remembered one by one. Each is told as a further version, in a flood only some; `repeats` counts them all.
    """

    noun: ClassVar = "grid.inbound_outcome"
    channel: ClassVar = Topic(
        noun,
        "grid.inbound_outcomes",
        tells=(
            "各来件系统送来了多少诉求、编号、结果，以及所成事件的位置和进度；不涉及来电人",
            "what each county system sent, by id, with the answer, and how the incident fares; not who called",
        ),
    )
    id: UUID = Field(
        description="来件结果标识 name-based UUID of the event that is answered",
        examples=["5c4a8a0e-7b0f-5d57-9c0a-0b1f6f1f7d11"],
    )
    topic: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9._-]{1,249}$")] = Field(
        description="主题 topic of the record that was answered last", examples=["county.inbound.requests"]
    )
    partition: int = Field(description="分区 partition of that record", examples=[3])
    offset: int = Field(description="位移 offset of that record", examples=[41])
    request_source: Annotated[str, StringConstraints(pattern="^[\\x21-\\x7e]{1,200}$")] | None = Field(
        description="来源 `source` of the event; null if it is not allowed to send",
        examples=["urn:county:450481:hotline-12345"],
    )
    request_id: Annotated[str, StringConstraints(pattern=EVENT_ID)] | None = Field(
        description="来件编号 `id` of the event; null if it is not one", examples=["HL-20261122-000017"]
    )
    request_id_masked: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9._:~*-]{1,128}$")] | None = Field(
        default=None,
        description="来件编号（遮盖） what may be repeated of an `id` that may not; null if the id is, or is unknown",
        examples=[None],
    )
    coalesced: bool = Field(
        default=False,
        description="合并答复 true: the answer to all that were rejected for this reason and are not remembered each",
        examples=[False],
    )
    status: InboundStatus = Field(description="结果 accepted or rejected", examples=["accepted"])
    code: Code | None = Field(
        default=None, description="拒绝代码 why it was rejected; null if it was accepted", examples=[None]
    )
    final: bool = Field(
        default=True,
        description="终局 false: the same event may be sent again, and may then be accepted",
        examples=[True],
    )
    answered_at: datetime = Field(description="答复时间 when it was answered", examples=["2026-11-22T01:00:02Z"])
    repeats: int = Field(default=0, description="重复次数 how often the same event was sent again", examples=[0])
    incident_id: UUID | None = Field(
        default=None,
        description="事件标识 id of the incident that was made of it; null if it was rejected",
        examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"],
    )
    incident_status: IncidentStatus | None = Field(
        default=None, description="事件状态 where the incident stands; null if there is none", examples=["reported"]
    )
    area: AreaCode | None = Field(
        default=None,
        description="所属区域 grid (15 digits) or village (12) where the incident lies; null if there is none",
        examples=["450481114201001"],
    )
    filed_at: datetime | None = Field(default=None, description="立案时间 when the incident was filed; null before")
    due_at: datetime | None = Field(
        default=None, description="办理时限 until when the incident is closed in time, inclusive; null before filing"
    )
    closed_at: datetime | None = Field(default=None, description="结案时间 when the incident was closed; null before")


class InboundOutcomeAccepted(Fact[InboundOutcomeState]):
    """The event was accepted (受理): an incident is made of it."""

    type: ClassVar = "grid.inbound_outcome.accepted"


class InboundOutcomeRejected(Fact[InboundOutcomeState]):
    """The event was rejected (不予受理); the state says why."""

    type: ClassVar = "grid.inbound_outcome.rejected"
    example: ClassVar = {
        "state": {
            "status": "rejected",
            "code": "category_unknown",
            "final": False,
            "incident_id": None,
            "incident_status": None,
            "area": None,
        }
    }


class InboundOutcomeProgressed(Fact[InboundOutcomeState]):
    """The incident that was made of the event went a step."""

    type: ClassVar = "grid.inbound_outcome.progressed"
    example: ClassVar = {
        "state": {
            "version": 2,
            "incident_status": "filed",
            "filed_at": "2026-11-22T01:10:00Z",
            "due_at": "2026-11-24T10:00:00Z",
        }
    }


class InboundOutcomeRepeated(Fact[InboundOutcomeState]):
    """The same event was sent again: the answer stands, and is given once more."""

    type: ClassVar = "grid.inbound_outcome.repeated"
    example: ClassVar = {"state": {"version": 2, "offset": 57, "repeats": 1}}


class InboundOutcomeRestated(Fact[InboundOutcomeState]):
    """The answer is announced again, unchanged."""

    type: ClassVar = "grid.inbound_outcome.restated"
