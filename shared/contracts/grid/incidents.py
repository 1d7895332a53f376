"""事件: incidents along their lifecycle."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic


class IncidentStatus(StrEnum):
    """The thin slice of the incident's lifecycle."""

    REPORTED = "reported"
    REJECTED = "rejected"
    FILED = "filed"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    FEEDBACK = "feedback"
    CHECKED = "checked"
    CLOSED = "closed"


class IncidentState(State):
    """An incident as its owner holds it. `area` is a grid (15 digits) or a village (12)."""

    noun: ClassVar = "grid.incident"
    channel: ClassVar = Topic(noun, "grid.incidents", readers=("indicators",))
    id: UUID = Field(description="标识 identifier", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"])
    area: AreaCode = Field(description="区划代码 grid (15 digits) or village (12)", examples=["450481114201001"])
    source: Code = Field(description="来源 where it came from", examples=["patrol"])
    category: Code = Field(description="分类 category", examples=["environment"])
    severity: Code = Field(description="严重程度 severity", examples=["normal"])
    status: IncidentStatus = Field(description="状态 where it stands in its lifecycle", examples=["closed"])
    reported_on: datetime = Field(description="上报时间 when it was reported", examples=["2026-11-22T01:00:00Z"])
    filed_on: datetime | None = Field(
        default=None, description="立案时间 when it was filed", examples=["2026-11-22T01:10:00Z"]
    )
    dispatched_on: datetime | None = Field(
        default=None, description="派遣时间 when it was dispatched to a unit", examples=["2026-11-22T01:20:00Z"]
    )
    accepted_on: datetime | None = Field(
        default=None, description="受理时间 when it was accepted", examples=["2026-11-22T02:00:00Z"]
    )
    feedback_on: datetime | None = Field(
        default=None, description="反馈时间 when the unit gave feedback", examples=["2026-11-22T06:00:00Z"]
    )
    checked_on: datetime | None = Field(
        default=None, description="核查时间 when the result was checked", examples=["2026-11-22T07:00:00Z"]
    )
    closed_on: datetime | None = Field(
        default=None, description="结案时间 when it was closed", examples=["2026-11-22T07:10:00Z"]
    )
    due_on: datetime | None = Field(
        default=None,
        description="时限 set at filing; only pause and extension move it",
        examples=["2026-11-23T09:10:00Z"],
    )
    deferred: bool = Field(default=False, description="延期 the deadline was extended", examples=[False])
    returns: int = Field(default=0, description="退单次数 how often a unit sent it back", examples=[0])
    reworks: int = Field(default=0, description="返工次数 how often a check failed", examples=[0])


class IncidentReported(Fact[IncidentState]):
    type: ClassVar = "grid.incident.reported"
    example: ClassVar = {
        "state": {
            "filed_on": None,
            "dispatched_on": None,
            "accepted_on": None,
            "feedback_on": None,
            "checked_on": None,
            "closed_on": None,
            "due_on": None,
            "version": 1,
            "status": "reported",
        }
    }


class IncidentRejected(Fact[IncidentState]):
    type: ClassVar = "grid.incident.rejected"
    example: ClassVar = {
        "state": {
            "filed_on": None,
            "dispatched_on": None,
            "accepted_on": None,
            "feedback_on": None,
            "checked_on": None,
            "closed_on": None,
            "due_on": None,
            "version": 2,
            "status": "rejected",
        }
    }


class IncidentFiled(Fact[IncidentState]):
    type: ClassVar = "grid.incident.filed"
    example: ClassVar = {
        "state": {
            "dispatched_on": None,
            "accepted_on": None,
            "feedback_on": None,
            "checked_on": None,
            "closed_on": None,
            "version": 2,
            "status": "filed",
        }
    }


class IncidentDispatched(Fact[IncidentState]):
    """A unit was told to handle it."""

    type: ClassVar = "grid.incident.dispatched"
    example: ClassVar = {
        "state": {
            "accepted_on": None,
            "feedback_on": None,
            "checked_on": None,
            "closed_on": None,
            "version": 3,
            "status": "dispatched",
        },
        "unit_id": "0197d0c0-6304-7d43-8f61-3d7e8f90a1b2",
    }
    unit_id: UUID = Field(description="处置单位 id of the unit", examples=["0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"])


class IncidentReturned(Fact[IncidentState]):
    """The unit sent it back (退单)."""

    type: ClassVar = "grid.incident.returned"
    example: ClassVar = {
        "state": {
            "dispatched_on": None,
            "accepted_on": None,
            "feedback_on": None,
            "checked_on": None,
            "closed_on": None,
            "version": 4,
            "status": "filed",
            "returns": 1,
        }
    }


class IncidentAccepted(Fact[IncidentState]):
    type: ClassVar = "grid.incident.accepted"
    example: ClassVar = {
        "state": {"feedback_on": None, "checked_on": None, "closed_on": None, "version": 4, "status": "accepted"}
    }


class IncidentFeedbackGiven(Fact[IncidentState]):
    type: ClassVar = "grid.incident.feedback_given"
    example: ClassVar = {"state": {"checked_on": None, "closed_on": None, "version": 5, "status": "feedback"}}


class IncidentChecked(Fact[IncidentState]):
    type: ClassVar = "grid.incident.checked"
    example: ClassVar = {"state": {"closed_on": None, "version": 6, "status": "checked"}}


class IncidentReworkOrdered(Fact[IncidentState]):
    """The check failed; the unit handles it again."""

    type: ClassVar = "grid.incident.rework_ordered"
    example: ClassVar = {
        "state": {
            "feedback_on": None,
            "checked_on": None,
            "closed_on": None,
            "version": 6,
            "status": "accepted",
            "reworks": 1,
        }
    }


class IncidentClosed(Fact[IncidentState]):
    type: ClassVar = "grid.incident.closed"
    example: ClassVar = {"state": {"version": 7}}


class IncidentRestated(Fact[IncidentState]):
    type: ClassVar = "grid.incident.restated"
    example: ClassVar = {"state": {"version": 7}}
