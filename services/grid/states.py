"""What grid tells of its aggregates: the identifier-free states."""

from services.grid.grids.models import Grid
from services.grid.inbound.models import InboundOutcome
from services.grid.incidents.models import Incident
from services.grid.visits.models import Visit
from shared.contracts.grid.grids import GridState
from shared.contracts.grid.inbound_outcomes import InboundOutcomeState, InboundStatus
from shared.contracts.grid.incidents import IncidentState, IncidentStatus
from shared.contracts.grid.visits import VisitState, VisitStatus


def grid_state(grid: Grid) -> GridState:
    return GridState(
        id=grid.code,
        code=grid.code,
        village=grid.village,
        kind=grid.kind,
        polygon=tuple((longitude, latitude) for longitude, latitude in grid.polygon),
        synthetic=grid.synthetic,
        valid_from=grid.valid_from,
        valid_to=grid.valid_to,
        successors=tuple(grid.successors),
        version=grid.version,
    )


def incident_state(incident: Incident) -> IncidentState:
    """Neither the point, nor the description, nor who reported."""
    return IncidentState(
        id=incident.id,
        area=incident.area,
        source=incident.source,
        category=incident.category,
        severity=incident.severity,
        status=IncidentStatus(incident.status),
        reported_on=incident.reported_on,
        filed_on=incident.filed_on,
        dispatched_on=incident.dispatched_on,
        accepted_on=incident.accepted_on,
        feedback_on=incident.feedback_on,
        checked_on=incident.checked_on,
        closed_on=incident.closed_on,
        due_on=incident.due_on,
        returns=incident.returns,
        reworks=incident.reworks,
        version=incident.version,
    )


def visit_state(visit: Visit) -> VisitState:
    """Not which tag asked for it."""
    return VisitState(
        id=visit.id,
        person_id=visit.person_id,
        area=visit.area,
        due_on=visit.due_on,
        done_on=visit.done_on,
        status=VisitStatus(visit.status),
        finding=visit.finding,
        version=visit.version,
    )


def outcome_state(outcome: InboundOutcome, incident: Incident | None) -> InboundOutcomeState:
    """The answer and how the incident made of the request fares. Nothing of what the request said."""
    return InboundOutcomeState(
        id=outcome.id,
        version=outcome.version,
        topic=outcome.topic,
        partition=outcome.partition,
        offset=outcome.record_offset,
        request_source=outcome.source,
        request_id=outcome.request_id,
        status=InboundStatus(outcome.status),
        code=outcome.code,
        final=outcome.final,
        answered_on=outcome.answered_on,
        repeats=outcome.repeats,
        incident_id=outcome.incident_id,
        incident_status=None if incident is None else IncidentStatus(incident.status),
        area=None if incident is None else incident.area,
        filed_on=None if incident is None else incident.filed_on,
        due_on=None if incident is None else incident.due_on,
        closed_on=None if incident is None else incident.closed_on,
    )
