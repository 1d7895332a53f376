"""Rectifications (差评整改) as the hall announces them: what follows from a low rating, with its days."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class RectificationStatus(NamedCode):
    """Where a rectification stands."""

    OPEN = "open", "待回访"
    CALLED_BACK = "called_back", "整改中"
    RECTIFIED = "rectified", "已整改待核实"
    APPEALED = "appealed", "申诉待复核"
    CLOSED = "closed", "已办结"
    OVERTURNED = "overturned", "复核不计"
    WITHDRAWN = "withdrawn", "评价已撤回"


class CallOutcome(NamedCode):
    """What calling back came to."""

    CONFIRMED = "confirmed", "情况属实"
    PARTLY = "partly", "部分属实"
    UNFOUNDED = "unfounded", "情况不属实"
    UNREACHED = "unreached", "多次未能联系"


class RectificationState(State):
    """What an office does about a low rating. It names neither case nor person nor officer; days, not instants."""

    noun: ClassVar = "services_hall.rectification"
    channel: ClassVar = Topic(
        noun,
        "services_hall.rectifications_restricted",
        readers=("indicators",),
        published=False,
        tells=(
            "哪个单位的哪条差评何日开始整改、何日到期、何日回访、整改、申诉、复核和办结；不涉及办件、评价人和经办人",
            "when which office's low rating was to be put right and was, with call, appeal and review; nobody is named",
        ),
    )
    id: UUID = Field(description="整改标识 id of the rectification", examples=["0197d0c0-6402-7b21-8d4f-1b5c6d7e8f90"])
    rating_id: UUID = Field(description="评价标识 id of the rating", examples=["0197d0c0-6401-7b21-8d4f-1b5c6d7e8f90"])
    area: AreaCode = Field(description="整改地 area of the office", examples=["450481114201"])
    department: Code = Field(description="整改部门 department of the office", examples=["civil_affairs"])
    category: Code = Field(description="事项分类 category of the item", examples=["social_assistance"])
    status: RectificationStatus = Field(description="状态 where it stands", examples=["closed"])
    opened_on: date = Field(description="开始日 day of the rating", examples=["2026-11-07"])
    due_on: date = Field(
        description="整改期限 last working day to put it right; counted anew after a reopening", examples=["2026-11-16"]
    )
    called_on: date | None = Field(default=None, description="回访日 when whoever rated was called back")
    outcome: CallOutcome | None = Field(default=None, description="回访结果 what the call came to")
    rectified_on: date | None = Field(default=None, description="整改日 when it was put right")
    appealed_on: date | None = Field(default=None, description="申诉日 when the office appealed")
    reviewed_on: date | None = Field(default=None, description="复核日 when the appeal was reviewed")
    upheld: bool | None = Field(default=None, description="申诉成立 whether the appeal was upheld; null: no review")
    closed_on: date | None = Field(default=None, description="办结日 when somebody else had checked it")
    reopened: int = Field(default=0, description="重新整改次数 how often it was reopened")
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原整改地 where it was before changes of areas, oldest first"
    )


_CALLED = {"called_on": "2026-11-09", "outcome": "confirmed"}
_RECTIFIED = {**_CALLED, "rectified_on": "2026-11-12"}
_APPEALED = {**_RECTIFIED, "appealed_on": "2026-11-13"}


class RectificationOpened(Fact[RectificationState]):
    """A low rating was given (差评)."""

    type: ClassVar = "services_hall.rectification.opened"
    example: ClassVar = {"state": {"version": 1, "status": "open"}}


class RectificationAttempted(Fact[RectificationState]):
    """Nobody answered the call (未接通)."""

    type: ClassVar = "services_hall.rectification.attempted"
    example: ClassVar = {"state": {"version": 2, "status": "open"}}


class RectificationCalledBack(Fact[RectificationState]):
    """Whoever rated was called back (回访)."""

    type: ClassVar = "services_hall.rectification.called_back"
    example: ClassVar = {"state": {"version": 2, "status": "called_back", **_CALLED}}


class RectificationDone(Fact[RectificationState]):
    """The office put it right (整改)."""

    type: ClassVar = "services_hall.rectification.done"
    example: ClassVar = {"state": {"version": 3, "status": "rectified", **_RECTIFIED}}


class RectificationAppealed(Fact[RectificationState]):
    """The office says that the rating was mistaken or malicious (申诉)."""

    type: ClassVar = "services_hall.rectification.appealed"
    example: ClassVar = {"state": {"version": 4, "status": "appealed", **_APPEALED}}


class RectificationReviewed(Fact[RectificationState]):
    """Somebody else judged the appeal (复核)."""

    type: ClassVar = "services_hall.rectification.reviewed"
    example: ClassVar = {
        "state": {"version": 5, "status": "rectified", **_APPEALED, "reviewed_on": "2026-11-16", "upheld": False}
    }


class RectificationClosed(Fact[RectificationState]):
    """Somebody else found it put right (核实办结)."""

    type: ClassVar = "services_hall.rectification.closed"
    example: ClassVar = {"state": {"version": 4, **_RECTIFIED, "closed_on": "2026-11-13"}}


class RectificationReopened(Fact[RectificationState]):
    """It was not put right: it begins anew, with a new limit (重新整改)."""

    type: ClassVar = "services_hall.rectification.reopened"
    example: ClassVar = {
        "state": {"version": 5, "status": "called_back", **_CALLED, "due_on": "2026-11-23", "reopened": 1}
    }


class RectificationWithdrawn(Fact[RectificationState]):
    """The rating was taken back (评价撤回): there is nothing to put right."""

    type: ClassVar = "services_hall.rectification.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class RectificationUndone(Fact[RectificationState]):
    """The last step was entered wrong and is taken back (撤销上一步)."""

    type: ClassVar = "services_hall.rectification.undone"
    example: ClassVar = {"state": {"version": 3, "status": "open"}}


class RectificationRescheduled(Fact[RectificationState]):
    """The calendar was set: its limit ends on another day (重算期限)."""

    type: ClassVar = "services_hall.rectification.rescheduled"
    example: ClassVar = {"state": {"version": 2, "status": "open", "due_on": "2026-11-17"}}


class RectificationBoundaryChanged(Fact[RectificationState]):
    """The office's area got another code (区划调整)."""

    type: ClassVar = "services_hall.rectification.boundary_changed"
    example: ClassVar = {
        "state": {"version": 2, "status": "open", "former": [{"area": "450481114202", "until": "2026-11-10"}]}
    }


class RectificationRestated(Fact[RectificationState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.rectification.restated"
    example: ClassVar = {"state": {"version": 1, "status": "open"}}
