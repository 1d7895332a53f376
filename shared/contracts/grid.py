"""What grid (网格化) announces."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from shared.contracts.county import EVENT_ID
from shared.contracts.envelope import AreaCode, Code, Fact, State


class GridState(State):
    """A grid: 15 digits, one closed polygon in WGS 84 as (longitude, latitude), first point repeated last."""

    noun: ClassVar = "grid.grid"
    id: AreaCode
    code: AreaCode
    village: AreaCode
    kind: Code  # comprehensive, dedicated, micro
    polygon: tuple[tuple[float, float], ...]
    synthetic: bool = False  # drawn for demonstration, not surveyed
    valid_from: date
    valid_to: date | None = None
    successors: tuple[AreaCode, ...] = ()


class GridDrawn(Fact[GridState]):
    type: ClassVar = "grid.grid.drawn"


class GridClosed(Fact[GridState]):
    """The grid ended; `successors` carry on."""

    type: ClassVar = "grid.grid.closed"


class GridRestated(Fact[GridState]):
    type: ClassVar = "grid.grid.restated"


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
    id: UUID
    area: AreaCode
    source: Code
    category: Code  # of the dictionary version pinned at filing
    severity: Code
    status: IncidentStatus
    reported_on: datetime
    filed_on: datetime | None = None
    dispatched_on: datetime | None = None
    accepted_on: datetime | None = None
    feedback_on: datetime | None = None
    checked_on: datetime | None = None
    closed_on: datetime | None = None
    due_on: datetime | None = None  # set at filing; only pause and extension move it
    deferred: bool = False
    returns: int = 0  # how often a unit sent it back (退单)
    reworks: int = 0


class IncidentReported(Fact[IncidentState]):
    type: ClassVar = "grid.incident.reported"


class IncidentRejected(Fact[IncidentState]):
    type: ClassVar = "grid.incident.rejected"


class IncidentFiled(Fact[IncidentState]):
    type: ClassVar = "grid.incident.filed"


class IncidentDispatched(Fact[IncidentState]):
    """A unit was told to handle it."""

    type: ClassVar = "grid.incident.dispatched"
    unit_id: UUID


class IncidentReturned(Fact[IncidentState]):
    """The unit sent it back (退单)."""

    type: ClassVar = "grid.incident.returned"


class IncidentAccepted(Fact[IncidentState]):
    type: ClassVar = "grid.incident.accepted"


class IncidentFeedbackGiven(Fact[IncidentState]):
    type: ClassVar = "grid.incident.feedback_given"


class IncidentChecked(Fact[IncidentState]):
    type: ClassVar = "grid.incident.checked"


class IncidentReworkOrdered(Fact[IncidentState]):
    """The check failed; the unit handles it again."""

    type: ClassVar = "grid.incident.rework_ordered"


class IncidentClosed(Fact[IncidentState]):
    type: ClassVar = "grid.incident.closed"


class IncidentRestated(Fact[IncidentState]):
    type: ClassVar = "grid.incident.restated"


class VisitStatus(StrEnum):
    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


class VisitState(State):
    """One visit that is due, or was paid, to a person with a tag. The tag's code stays in grid and registry."""

    noun: ClassVar = "grid.visit"
    id: UUID
    person_id: UUID
    area: AreaCode
    due_on: date
    done_on: date | None = None
    status: VisitStatus
    finding: Code | None = None  # normal, needs_help, absent


class VisitPlanned(Fact[VisitState]):
    type: ClassVar = "grid.visit.planned"


class VisitDone(Fact[VisitState]):
    type: ClassVar = "grid.visit.done"


class VisitCancelled(Fact[VisitState]):
    type: ClassVar = "grid.visit.cancelled"


class VisitMoved(Fact[VisitState]):
    """The person moved within the county; the visit follows."""

    type: ClassVar = "grid.visit.moved"


class VisitRestated(Fact[VisitState]):
    type: ClassVar = "grid.visit.restated"


class InboundStatus(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class InboundOutcomeState(State):
    """What became of one event from the county: our answer, and how the incident made of it fares.

    `request_source` and `request_id` are the event's own attributes; null where the source is not on the allow-list,
    or the id is not one. `topic`, `partition` and `offset` name the record that was answered last: whoever sent it
    knows them from the broker's acknowledgement.
    """

    noun: ClassVar = "grid.inbound_outcome"
    id: UUID
    topic: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
    partition: int
    offset: int
    request_source: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")] | None
    request_id: Annotated[str, StringConstraints(pattern=EVENT_ID)] | None
    status: InboundStatus
    code: Code | None = None  # why it was rejected
    final: bool = True  # false: the same event may be sent again, and may then be accepted
    answered_on: datetime
    repeats: int = 0  # how often the same event was sent again
    incident_id: UUID | None = None
    incident_status: IncidentStatus | None = None
    area: AreaCode | None = None
    filed_on: datetime | None = None
    due_on: datetime | None = None
    closed_on: datetime | None = None


class InboundOutcomeAccepted(Fact[InboundOutcomeState]):
    """The event was taken: an incident is made of it."""

    type: ClassVar = "grid.inbound_outcome.accepted"


class InboundOutcomeRejected(Fact[InboundOutcomeState]):
    """The event was not taken; the state says why."""

    type: ClassVar = "grid.inbound_outcome.rejected"


class InboundOutcomeProgressed(Fact[InboundOutcomeState]):
    """The incident made of it went a step."""

    type: ClassVar = "grid.inbound_outcome.progressed"


class InboundOutcomeRepeated(Fact[InboundOutcomeState]):
    """The same event was sent again: the answer stands, and is told once more."""

    type: ClassVar = "grid.inbound_outcome.repeated"


class InboundOutcomeRestated(Fact[InboundOutcomeState]):
    type: ClassVar = "grid.inbound_outcome.restated"
