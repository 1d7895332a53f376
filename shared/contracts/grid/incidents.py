"""Incidents (事件) as grid announces them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class IncidentStatus(NamedCode):
    """Statuses of an incident. What a unit returned (退单) is filed again, and waits to be dispatched."""

    REPORTED = "reported", "已上报"
    VERIFIED = "verified", "已核实"
    REJECTED = "rejected", "不予立案"
    FILED = "filed", "已立案"
    DISPATCHED = "dispatched", "已派遣"
    ACCEPTED = "accepted", "已接单"
    HANDLING = "handling", "处置中"
    SUSPENDED = "suspended", "已挂起"
    FEEDBACK = "feedback", "已反馈"
    CHECKED = "checked", "已核查"
    CLOSED = "closed", "已结案"
    MERGED = "merged", "已并案"


class IncidentState(State):
    """An incident (事件) with the milestones of its present round. No point, no free text, no reporter."""

    noun: ClassVar = "grid.incident"
    channel: ClassVar = Topic(
        noun,
        "grid.incidents",
        readers=("indicators",),
        tells=(
            "哪个网格何时发生了哪类事件、如何处置；不涉及上报人和经办人",
            "what kind of incident happened in which grid, when, and how it was handled; not by whom",
        ),
    )
    id: UUID = Field(description="事件标识 id of the incident", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"])
    area: AreaCode = Field(
        description="所属区域 grid (15 digits) or village (12) where it lies", examples=["450481114201001"]
    )
    source: Code = Field(description="来源 code list `incident_sources`", examples=["hotline_12345"])
    category: Code = Field(description="事件类别 category of the incident dictionary", examples=["environment"])
    severity: Code = Field(description="等级 normal, serious or urgent", examples=["normal"])
    status: IncidentStatus = Field(description="状态 where the incident stands in its lifecycle", examples=["closed"])
    reported_at: datetime = Field(description="上报时间 when it was reported", examples=["2026-11-22T01:00:00Z"])
    filed_at: datetime | None = Field(
        default=None, description="立案时间 when it was filed; null before", examples=["2026-11-22T01:10:00Z"]
    )
    dispatched_at: datetime | None = Field(
        default=None,
        description="派遣时间 when it was dispatched to the present unit; null before",
        examples=["2026-11-22T01:20:00Z"],
    )
    accepted_at: datetime | None = Field(
        default=None, description="接单时间 when the unit accepted it; null before", examples=["2026-11-22T02:00:00Z"]
    )
    feedback_at: datetime | None = Field(
        default=None,
        description="反馈时间 when the unit gave feedback; null before, and again after a failed check",
        examples=["2026-11-22T06:00:00Z"],
    )
    checked_at: datetime | None = Field(
        default=None,
        description="核查时间 when the result was checked and passed; null before",
        examples=["2026-11-22T07:00:00Z"],
    )
    closed_at: datetime | None = Field(
        default=None, description="结案时间 when it was closed; null before", examples=["2026-11-22T07:10:00Z"]
    )
    due_at: datetime | None = Field(
        default=None,
        description="办理时限 until when it is closed in time, inclusive; set at filing",
        examples=["2026-11-24T10:00:00Z"],
    )
    deferred: bool = Field(
        default=False, description="缓办 it was put off with leave, and is not counted among the due", examples=[False]
    )
    returns: int = Field(default=0, description="退单次数 how often a unit sent it back", examples=[0])
    reworks: int = Field(default=0, description="返工次数 how often a check failed", examples=[0])
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原所属区域 where it lay before changes of areas and grids, oldest first"
    )
    level: int = Field(
        default=15,
        description="承办层级 digits of the area whose office has it: 15 grid, 12 village, 9 town, 6 county",
        examples=[15],
    )
    verified_at: datetime | None = Field(
        default=None, description="核实时间 when somebody saw that it is so; null if nobody said", examples=[None]
    )
    handling_at: datetime | None = Field(
        default=None, description="到场时间 when the unit began to handle it; null if it did not say", examples=[None]
    )
    suspended_until: datetime | None = Field(
        default=None,
        description="挂起至 until when its clock may stand still; null while it runs",
        examples=[None],
    )
    deferred_until: datetime | None = Field(
        default=None,
        description="缓办至 until when leave was given; null without leave, or without end",
        examples=[None],
    )
    reopened_at: datetime | None = Field(
        default=None, description="重新立案时间 when it was last taken up again after it was closed", examples=[None]
    )
    reopens: int = Field(default=0, description="重新立案次数 how often it was taken up again", examples=[0])
    on_spot: bool = Field(default=False, description="自处置 whoever found it settled it on the spot", examples=[False])
    assisting: int = Field(default=0, description="协办单位数 how many units assist the one that leads", examples=[0])
    merged_into: UUID | None = Field(
        default=None, description="并入事件 id of the incident that goes on for both; null if it was not merged"
    )
    duplicates: int = Field(default=0, description="并案数 how many others were merged into it", examples=[0])
    urges: int = Field(default=0, description="催办次数 how often it was urged", examples=[0])
    supervised_until: datetime | None = Field(
        default=None,
        description="督办期限 by when a level above wants it closed; null: not supervised",
        examples=[None],
    )


class IncidentReported(Fact[IncidentState]):
    """It was reported (上报)."""

    type: ClassVar = "grid.incident.reported"
    example: ClassVar = {
        "state": {
            "filed_at": None,
            "dispatched_at": None,
            "accepted_at": None,
            "feedback_at": None,
            "checked_at": None,
            "closed_at": None,
            "due_at": None,
            "version": 1,
            "status": "reported",
        }
    }


class IncidentRejected(Fact[IncidentState]):
    """It was not filed (不予立案): there is nothing there, or it is none of the grid's."""

    type: ClassVar = "grid.incident.rejected"
    example: ClassVar = {
        "state": {
            "filed_at": None,
            "dispatched_at": None,
            "accepted_at": None,
            "feedback_at": None,
            "checked_at": None,
            "closed_at": None,
            "due_at": None,
            "version": 2,
            "status": "rejected",
        }
    }


class IncidentFiled(Fact[IncidentState]):
    """It was verified and filed (立案); the deadline is set."""

    type: ClassVar = "grid.incident.filed"
    example: ClassVar = {
        "state": {
            "dispatched_at": None,
            "accepted_at": None,
            "feedback_at": None,
            "checked_at": None,
            "closed_at": None,
            "version": 2,
            "status": "filed",
        }
    }


class IncidentDispatched(Fact[IncidentState]):
    """It was handed to a unit (派遣)."""

    type: ClassVar = "grid.incident.dispatched"
    example: ClassVar = {
        "state": {
            "accepted_at": None,
            "feedback_at": None,
            "checked_at": None,
            "closed_at": None,
            "version": 3,
            "status": "dispatched",
        },
        "unit_id": "0197d0c0-6304-7d43-8f61-3d7e8f90a1b2",
    }
    unit_id: UUID = Field(
        description="处置单位 id of the unit that shall handle it", examples=["0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"]
    )


class IncidentReturned(Fact[IncidentState]):
    """The unit sent it back (退单)."""

    type: ClassVar = "grid.incident.returned"
    example: ClassVar = {
        "state": {
            "dispatched_at": None,
            "accepted_at": None,
            "feedback_at": None,
            "checked_at": None,
            "closed_at": None,
            "version": 4,
            "status": "filed",
            "returns": 1,
        }
    }


class IncidentAccepted(Fact[IncidentState]):
    """The unit took it on (接单)."""

    type: ClassVar = "grid.incident.accepted"
    example: ClassVar = {
        "state": {"feedback_at": None, "checked_at": None, "closed_at": None, "version": 4, "status": "accepted"}
    }


class IncidentFeedbackGiven(Fact[IncidentState]):
    """The unit said that it is done (反馈)."""

    type: ClassVar = "grid.incident.feedback_given"
    example: ClassVar = {"state": {"checked_at": None, "closed_at": None, "version": 5, "status": "feedback"}}


class IncidentChecked(Fact[IncidentState]):
    """The check passed (核查)."""

    type: ClassVar = "grid.incident.checked"
    example: ClassVar = {"state": {"closed_at": None, "version": 6, "status": "checked"}}


class IncidentReworkOrdered(Fact[IncidentState]):
    """The check failed (返工): the unit handles it again."""

    type: ClassVar = "grid.incident.rework_ordered"
    example: ClassVar = {
        "state": {
            "feedback_at": None,
            "checked_at": None,
            "closed_at": None,
            "version": 6,
            "status": "accepted",
            "reworks": 1,
        }
    }


class IncidentClosed(Fact[IncidentState]):
    """It was closed (结案)."""

    type: ClassVar = "grid.incident.closed"
    example: ClassVar = {"state": {"version": 7}}


class IncidentRescheduled(Fact[IncidentState]):
    """Its deadline was computed again: the calendar of a year that it runs through was set."""

    type: ClassVar = "grid.incident.rescheduled"
    example: ClassVar = {
        "state": {"feedback_at": None, "checked_at": None, "closed_at": None, "version": 5, "status": "accepted"}
    }


class IncidentBoundaryChanged(Fact[IncidentState]):
    """Its village or grid got another code (区划调整): it goes on there."""

    type: ClassVar = "grid.incident.boundary_changed"
    example: ClassVar = {"state": {"former": [{"area": "450481114202001", "until": "2026-11-23"}]}}


class IncidentRestated(Fact[IncidentState]):
    """The incident is announced again, unchanged."""

    type: ClassVar = "grid.incident.restated"
    example: ClassVar = {"state": {"version": 7}}
