"""办件: cases from the draft to the archive."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class CaseStatus(NamedCode):
    """Where a case stands in its lifecycle."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    RECEIVED = "received", "已收件"
    SUPPLEMENT = "supplement", "待补正"
    ACCEPTED = "accepted", "已受理"
    IN_REVIEW = "in_review", "审查中"
    SPECIAL = "special", "特别程序"
    SUSPENDED = "suspended", "已中止"
    REFUSED = "refused", "不予受理"
    DECIDED = "decided", "已决定"
    CLOSED = "closed", "已办结"
    DELIVERED = "delivered", "已送达"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "逾期终止"
    ARCHIVED = "archived", "已归档"


class CaseState(State):
    """A case (办件) with its milestones. `area` is the counter that holds it."""

    noun: ClassVar = "services_hall.case"
    channel: ClassVar = Topic(
        noun,
        "services_hall.cases",
        readers=("indicators",),
        tells=(
            "某位居民（按标识）何时在哪里申请了哪一事项、结果如何，包括低保等救助事项",
            "which person (by id) applied for which item, where and when, and how it ended: social relief among them",
        ),
    )
    id: UUID = Field(description="办件标识 id of the case", examples=["0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90"])
    item_id: UUID = Field(description="事项 id of the item", examples=["0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f"])
    item_version: int = Field(
        description="事项版本 the item's published version that the case is held to", examples=[1]
    )
    category: Code = Field(description="事项分类 category of the item", examples=["social_assistance"])
    area: AreaCode = Field(description="受理地 area of the counter that holds the case", examples=["450481114201"])
    person_id: UUID | None = Field(
        description="申请人 id of the applicant in the register", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    status: CaseStatus = Field(description="状态 where the case stands in its lifecycle", examples=["closed"])
    held_area: AreaCode | None = Field(
        default=None, description="办理地 area of the place where the file lies; null at its counter"
    )
    held_department: Code | None = Field(
        default=None, description="办理部门 department that handles it now; null: the item's own"
    )
    step: int | None = Field(default=None, description="环节 step of the item's review, from 1; null before it")
    submitted_at: datetime | None = Field(
        default=None, description="提交时间 when it was submitted; null for a draft", examples=["2026-11-03T01:00:00Z"]
    )
    received_at: datetime | None = Field(
        default=None, description="收件时间 when the counter received the papers", examples=["2026-11-03T01:05:00Z"]
    )
    notified_at: datetime | None = Field(
        default=None, description="一次性告知时间 when it was told, once and in full, what is missing"
    )
    supplied_at: datetime | None = Field(default=None, description="补齐时间 when all of that was supplied")
    accepted_at: datetime | None = Field(
        default=None,
        description="受理时间 when it was accepted: the statutory clock started",
        examples=["2026-11-03T02:00:00Z"],
    )
    refused_at: datetime | None = Field(default=None, description="不予受理时间 when it was refused acceptance")
    decided_at: datetime | None = Field(
        default=None, description="决定时间 when it was decided", examples=["2026-11-05T03:00:00Z"]
    )
    granted: bool | None = Field(
        default=None, description="准予 whether it was granted; null before the decision", examples=[True]
    )
    closed_at: datetime | None = Field(
        default=None, description="办结时间 when it was closed", examples=["2026-11-05T03:30:00Z"]
    )
    deemed: bool = Field(
        default=False, description="视为受理 nobody told in time what is missing: accepted as of its receipt"
    )
    returns: int = Field(default=0, description="退回次数 how often a step of the review sent it back")
    deferred: int = Field(default=0, description="容缺 materials that are promised and have not come")
    paused_at: datetime | None = Field(
        default=None, description="停钟时间 since when it stands still (特别程序、中止); null while it runs"
    )
    extended_days: int = Field(default=0, description="延期 working days by which the limit was extended, once")
    delivered_at: datetime | None = Field(default=None, description="送达时间 when the result was delivered")
    withdrawn_at: datetime | None = Field(default=None, description="撤回时间 when the applicant took it back")
    expired_at: datetime | None = Field(default=None, description="逾期终止时间 when it ended because time ran out")
    archived_at: datetime | None = Field(default=None, description="归档时间 when it was archived")
    due_on: date | None = Field(
        default=None,
        description="时限 last working day, inclusive; null before acceptance and while it stands still",
        examples=["2026-11-10"],
    )
    due_provisional: bool = Field(
        default=False,
        description="暂定时限 the due date rests on a year whose notice is not out; false once it has ended",
        examples=[False],
    )
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原受理地 areas of its counter before changes of areas, oldest first"
    )


class CaseBoundaryChanged(Fact[CaseState]):
    """The area of its counter got another code (区划调整): it goes on there."""

    type: ClassVar = "services_hall.case.boundary_changed"
    example: ClassVar = {"state": {"former": [{"area": "450481114202", "until": "2026-11-04"}]}}


class CaseSubmitted(Fact[CaseState]):
    """It was submitted (提交) at a counter, for the person of an extract."""

    type: ClassVar = "services_hall.case.submitted"
    example: ClassVar = {
        "state": {
            "received_at": None,
            "accepted_at": None,
            "decided_at": None,
            "closed_at": None,
            "granted": None,
            "due_on": None,
            "version": 1,
            "status": "submitted",
        }
    }


class CaseReceived(Fact[CaseState]):
    """The counter holds the papers (收件); no clock runs yet."""

    type: ClassVar = "services_hall.case.received"
    example: ClassVar = {
        "state": {
            "accepted_at": None,
            "decided_at": None,
            "closed_at": None,
            "granted": None,
            "due_on": None,
            "version": 2,
            "status": "received",
        }
    }


class CaseAccepted(Fact[CaseState]):
    """It was accepted (受理): the clock runs, `due_on` is set."""

    type: ClassVar = "services_hall.case.accepted"
    example: ClassVar = {
        "state": {"decided_at": None, "closed_at": None, "granted": None, "version": 3, "status": "accepted"}
    }


class CaseRefused(Fact[CaseState]):
    """It was not accepted (不予受理); no clock ran."""

    type: ClassVar = "services_hall.case.refused"
    example: ClassVar = {
        "state": {
            "accepted_at": None,
            "decided_at": None,
            "closed_at": None,
            "granted": None,
            "due_on": None,
            "version": 3,
            "status": "refused",
            "refused_at": "2026-11-03T02:00:00Z",
        }
    }


class CaseDecided(Fact[CaseState]):
    """It was decided (办结决定): `granted` says how."""

    type: ClassVar = "services_hall.case.decided"
    example: ClassVar = {"state": {"closed_at": None, "version": 4, "status": "decided"}}


class CaseClosed(Fact[CaseState]):
    """The decided case was closed (结案)."""

    type: ClassVar = "services_hall.case.closed"
    example: ClassVar = {"state": {"version": 5}}


class CaseWithdrawn(Fact[CaseState]):
    """The applicant took it back (撤回) before it was decided."""

    type: ClassVar = "services_hall.case.withdrawn"
    example: ClassVar = {
        "state": {
            "accepted_at": None,
            "decided_at": None,
            "closed_at": None,
            "granted": None,
            "due_on": None,
            "version": 3,
            "status": "withdrawn",
            "withdrawn_at": "2026-11-03T02:00:00Z",
        }
    }


class CaseRescheduled(Fact[CaseState]):
    """Its due date was computed again: the calendar of a year that its limit runs through was set.

    The applicant is told the new date, the one before, and why.
    """

    type: ClassVar = "services_hall.case.rescheduled"
    due_before: date | None = Field(
        default=None, description="原时限 due date before; null while it stood still", examples=["2026-11-09"]
    )
    cause: Code | None = Field(
        default=None, description="理由 code list `case_reschedule_reasons`", examples=["calendar_amended"]
    )
    example: ClassVar = {
        "due_before": "2026-11-09",
        "cause": "calendar_amended",
        "state": {"decided_at": None, "closed_at": None, "granted": None, "version": 4, "status": "accepted"},
    }


class CaseRestated(Fact[CaseState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.case.restated"
    example: ClassVar = {"state": {"version": 5}}
