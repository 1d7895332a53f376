"""Work that went along with a change of areas counts where it was on each day."""

from datetime import date

import pytest

from services.indicators.contributions.domain import contributions_of
from shared.contracts.envelope import State
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.households import FormerPlace
from shared.contracts.services_hall.cases import CaseStatus
from tests.indicators.states import GRID, OTHER_VILLAGE, START, VILLAGE, a_case, a_visit, an_incident, at

ON = date(2026, 1, 8)
HERE = OTHER_VILLAGE + "001"


def placed(state: State, measure: str) -> list[tuple[str, date, int]]:
    """Where and when a state counts, without its parts."""
    return [
        (one.area, one.day, one.amount)
        for one in contributions_of(state)
        if one.measure == measure and not one.dimension
    ]


def test_an_open_incident_counts_in_its_old_grid_until_the_day_and_in_its_new_one_from_then_on() -> None:
    moved = an_incident(area=HERE, former=(FormerPlace(area=GRID, until=ON),))
    assert placed(moved, "INC-REPORTED") == placed(moved, "INC-FILED") == [(GRID, START, 1)]
    assert placed(moved, "INC-OPEN") == [(GRID, START, 1), (GRID, ON, -1), (HERE, ON, 1)]
    assert placed(moved, "INC-DUE") == [(GRID, date(2026, 1, 7), 1)]
    closed = moved.model_copy(update={"status": IncidentStatus.CLOSED, "closed_at": at(date(2026, 1, 9))})
    assert placed(closed, "INC-OPEN") == [
        (GRID, START, 1),
        (GRID, ON, -1),
        (HERE, ON, 1),
        (HERE, date(2026, 1, 9), -1),
    ]
    assert placed(closed, "INC-CLOSED") == [(HERE, date(2026, 1, 9), 1)]
    assert placed(closed, "INC-CLOSED-OF-DUE") == placed(closed, "INC-DUE")


def test_an_incident_that_was_filed_after_the_day_was_never_open_where_it_was_before() -> None:
    moved = an_incident(area=HERE, filed_at=at(date(2026, 1, 9)), former=(FormerPlace(area=GRID, until=ON),))
    assert placed(moved, "INC-REPORTED") == [(GRID, START, 1)]
    assert placed(moved, "INC-OPEN") == [(HERE, date(2026, 1, 9), 1)]


def test_a_case_counts_as_accepted_where_it_was_and_as_due_where_it_is_by_then() -> None:
    moved = a_case(area=OTHER_VILLAGE, former=(FormerPlace(area=VILLAGE, until=ON),))
    assert placed(moved, "CASE-ACCEPTED") == [(VILLAGE, START, 1)]
    assert placed(moved, "CASE-DUE") == [(OTHER_VILLAGE, date(2026, 1, 12), 1)]
    closed = moved.model_copy(update={"status": CaseStatus.CLOSED, "closed_at": at(date(2026, 1, 9))})
    assert placed(closed, "CASE-CLOSED") == [(OTHER_VILLAGE, date(2026, 1, 9), 1)]
    assert placed(closed, "CASE-IN-TIME-OF-DUE") == placed(closed, "CASE-DUE")


@pytest.mark.parametrize(("due", "area"), [(date(2026, 1, 7), GRID), (ON, HERE), (date(2026, 1, 9), HERE)])
def test_a_visit_is_due_where_the_person_lived_on_the_day_and_done_where_they_live(due: date, area: str) -> None:
    done = a_visit(
        area=HERE,
        due_on=due,
        former=(FormerPlace(area=GRID, until=ON),),
        status=VisitStatus.DONE,
        done_on=date(2026, 1, 10),
    )
    assert placed(done, "VISIT-DUE") == placed(done, "VISIT-DONE-OF-DUE") == [(area, due, 1)]
    assert placed(done, "VISIT-DONE") == [(HERE, date(2026, 1, 10), 1)]
