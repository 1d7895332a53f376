"""Answers to lists (名单结果): what became of each part of a department's list, row by row."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.county.answers import InboundStatus
from shared.contracts.county.lists import TOKEN, ListKind
from shared.contracts.county.submission import EVENT_ID
from shared.contracts.envelope import AreaCode, Code, Fact, Part, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class RowResult(NamedCode):
    """What became of a row."""

    APPLIED = "applied", "已登记"
    UNCHANGED = "unchanged", "无变化"
    UNKNOWN = "unknown", "该区域内查无此人"
    REFUSED = "refused", "不予登记"


class RowOutcome(Part):
    """What became of one row (名单行结果). It says nothing of who is meant."""

    row: Annotated[str, StringConstraints(pattern=TOKEN)] = Field(
        description="行号 the sender's name of the row", examples=["DB-0017"]
    )
    result: RowResult = Field(description="行结果 applied, unchanged, unknown or refused", examples=["refused"])
    code: Code | None = Field(
        default=None, description="原因代码 why a row was refused; else null", examples=["newer_known"]
    )


class ListOutcomeState(State):
    """What became of one part of a department's list: our answer, and one for each of its rows.

    `request_source` and `request_id` are the event's own attributes; null if the source is not on the allow-list, or
    the id is not one: then `request_id_masked` says what may be said of it. `topic`, `partition` and `offset` name the
    record that was answered last. `coalesced`: the answer to all records of a partition and source that were rejected
    for one reason and are not remembered one by one; `repeats` counts them.
    """

    noun: ClassVar = "registry.list_outcome"
    channel: ClassVar = Topic(
        noun,
        "registry.list_outcomes",
        tells=(
            "各部门送来的名单：编号、类别、区域、日期，每行的结果和原因代码；不涉及名单上的人",
            "what lists departments sent: name, kind, area, day, and what became of each row; not who is on them",
        ),
    )
    id: UUID = Field(
        description="名单结果标识 name-based UUID of the event that is answered",
        examples=["5c4a8a0e-7b0f-5d57-9c0a-0b1f6f1f7d11"],
    )
    topic: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9._-]{1,249}$")] = Field(
        description="主题 topic of the record that was answered last", examples=["county.inbound.lists"]
    )
    partition: int = Field(description="分区 partition of that record", examples=[3])
    offset: int = Field(description="位移 offset of that record", examples=[41])
    request_source: Annotated[str, StringConstraints(pattern="^[\\x21-\\x7e]{1,200}$")] | None = Field(
        description="来源 `source` of the event; null if it is not allowed to send",
        examples=["urn:county:450481:civil-affairs"],
    )
    request_id: Annotated[str, StringConstraints(pattern=EVENT_ID)] | None = Field(
        description="来件编号 `id` of the event; null if it is not one", examples=["DB-2026-11.1"]
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
    kind: ListKind | None = Field(
        default=None, description="名单类别 of an accepted part; else null", examples=["minimum_living"]
    )
    list_id: Annotated[str, StringConstraints(pattern=TOKEN)] | None = Field(
        default=None, description="名单编号 of an accepted part; else null", examples=["DB-2026-11"]
    )
    area: AreaCode | None = Field(
        default=None, description="区划代码 of an accepted part; else null", examples=["450481"]
    )
    as_of: date | None = Field(
        default=None, description="数据日期 of an accepted part; else null", examples=["2026-11-20"]
    )
    part: int | None = Field(default=None, description="第几部分 of an accepted part; else null", examples=[1])
    complete: bool = Field(
        default=False, description="名单齐全 true: with this part the list was complete", examples=[True]
    )
    missing: int = Field(
        default=0,
        description="待核停人数 how many who were on the list before are proposed to be ended; of the last part",
        examples=[2],
    )
    rows: list[RowOutcome] = Field(
        default=[],
        description="行结果 what became of each row",
        examples=[[{"row": "DB-0017", "result": "applied", "code": None}]],
    )


class ListOutcomeAccepted(Fact[ListOutcomeState]):
    """The part was accepted (受理): each of its rows has its own result."""

    type: ClassVar = "registry.list_outcome.accepted"


class ListOutcomeRejected(Fact[ListOutcomeState]):
    """The part was rejected as a whole (不予受理); the state says why."""

    type: ClassVar = "registry.list_outcome.rejected"
    example: ClassVar = {
        "state": {
            "status": "rejected",
            "code": "list_not_authorised",
            "final": False,
            "kind": None,
            "list_id": None,
            "area": None,
            "as_of": None,
            "part": None,
            "complete": False,
            "missing": 0,
            "rows": [],
        }
    }


class ListOutcomeRepeated(Fact[ListOutcomeState]):
    """The same event was sent again: the answer stands, and is given once more."""

    type: ClassVar = "registry.list_outcome.repeated"
    example: ClassVar = {"state": {"version": 2, "offset": 57, "repeats": 1}}


class ListOutcomeRestated(Fact[ListOutcomeState]):
    """The answer is announced again, unchanged."""

    type: ClassVar = "registry.list_outcome.restated"
