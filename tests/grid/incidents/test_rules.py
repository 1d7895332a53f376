"""The lifecycles, restated by hand over the full product."""

from itertools import product

import pytest

from services.grid.incidents import domain as incidents
from services.grid.incidents.domain import IncidentTransitionError, require_transition
from services.grid.visits import domain as visits
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus

I = IncidentStatus  # noqa: E741  (a table reads better)

ALLOWED = {
    (I.REPORTED, I.FILED),
    (I.REPORTED, I.REJECTED),
    (I.FILED, I.DISPATCHED),
    (I.DISPATCHED, I.ACCEPTED),
    (I.DISPATCHED, I.FILED),
    (I.ACCEPTED, I.FEEDBACK),
    (I.FEEDBACK, I.CHECKED),
    (I.FEEDBACK, I.ACCEPTED),
    (I.CHECKED, I.CLOSED),
}

ALLOWED_VISITS = {(VisitStatus.DUE, VisitStatus.DONE), (VisitStatus.DUE, VisitStatus.CANCELLED)}


@pytest.mark.parametrize(("present", "to"), list(product(IncidentStatus, IncidentStatus)))
def test_an_incident_moves_only_along_its_table(present: IncidentStatus, to: IncidentStatus) -> None:
    if (present, to) in ALLOWED:
        require_transition(present, to)
    else:
        with pytest.raises(IncidentTransitionError):
            require_transition(present, to)


def test_rejected_and_closed_are_the_ends() -> None:
    assert set(IncidentStatus) - incidents.OPEN == {IncidentStatus.REJECTED, IncidentStatus.CLOSED}


@pytest.mark.parametrize(("present", "to"), list(product(VisitStatus, VisitStatus)))
def test_a_visit_that_was_done_or_cancelled_stays_so(present: VisitStatus, to: VisitStatus) -> None:
    if (present, to) in ALLOWED_VISITS:
        visits.require_transition(present, to)
    else:
        with pytest.raises(visits.VisitNotDue):
            visits.require_transition(present, to)
