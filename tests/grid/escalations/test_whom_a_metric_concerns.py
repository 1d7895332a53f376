"""Which incidents an escalation concerns, restated by hand: unassigned ones too, suspended and ended ones never."""

import pytest

from services.grid.escalations.domain import CONCERNED, EscalationTransitionError, require_transition
from shared.contracts.grid.escalations import EscalationMetric, EscalationStatus
from shared.contracts.grid.incidents import IncidentStatus

ENDED = {"rejected", "closed", "merged"}
BY_THE_DEADLINE = {"filed", "dispatched", "accepted", "handling", "feedback", "checked"}


def concerned(metric: EscalationMetric) -> set[str]:
    return {status.value for status in CONCERNED[metric]}


def test_every_metric_says_whom_it_concerns() -> None:
    assert set(CONCERNED) == set(EscalationMetric)
    assert all(CONCERNED.values())


def test_what_waits_for_a_decision_a_unit_or_an_acceptance_is_concerned_until_it_has_it() -> None:
    assert concerned(EscalationMetric.UNFILED) == {"reported", "verified"}
    assert concerned(EscalationMetric.UNASSIGNED) == {"filed"}
    assert concerned(EscalationMetric.UNACCEPTED) == {"dispatched"}


@pytest.mark.parametrize("metric", [EscalationMetric.BEFORE_DUE, EscalationMetric.OVERDUE])
def test_by_the_deadline_everything_filed_and_not_ended_is_concerned(metric: EscalationMetric) -> None:
    assert concerned(metric) == BY_THE_DEADLINE


def test_nobody_is_called_for_what_stands_still_or_has_ended() -> None:
    for metric in EscalationMetric:
        assert not concerned(metric) & (ENDED | {"suspended"})


def test_every_status_that_runs_is_under_somebodys_eyes() -> None:
    watched = set().union(*(concerned(metric) for metric in EscalationMetric))
    assert watched == {status.value for status in IncidentStatus} - ENDED - {"suspended"}


def test_an_escalation_is_acknowledged_and_that_is_taken_back_and_nothing_else() -> None:
    allowed = {("fired", "acknowledged"), ("acknowledged", "fired")}
    for present in EscalationStatus:
        for to in EscalationStatus:
            if (present.value, to.value) in allowed:
                require_transition(present, to)
            else:
                with pytest.raises(EscalationTransitionError):
                    require_transition(present, to)
