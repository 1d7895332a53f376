"""Where a visit counts as due: an overdue one where the person lived on its day, whoever pays it now."""

from datetime import date
from uuid import UUID

import pytest

from services.grid.visits.domain import homes_before
from shared.contracts.grid.visits import VisitMoved
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.grid.builders import FIRST_GRID, OTHER_VILLAGE, SECOND_GRID, a_person, a_span, a_tag
from tests.grid.conftest import Facts

DUE, ON = date(2026, 3, 23), date(2026, 3, 25)


@pytest.fixture
def person() -> UUID:
    return new_id()


@pytest.mark.parametrize(("days", "former"), [(1, []), (9, [(FIRST_GRID, ON)])])
async def test_a_visit_that_moves_says_where_it_became_overdue(
    arrivals: Arrivals, person: UUID, facts: Facts, clock: FrozenClock, days: int, former: list[tuple[str, date]]
) -> None:
    await arrivals.take(a_person(person), a_tag(person))
    clock.advance(days=days)
    start = ON if former else date(2026, 3, 17)
    spans = (a_span(FIRST_GRID, end=start), a_span(SECOND_GRID, start=start))
    await arrivals.take(a_person(person, *spans, version=2))
    (moved,) = [one for one in await facts("grid.visit") if isinstance(one, VisitMoved)]
    assert (moved.state.area, moved.state.due_on) == (SECOND_GRID, DUE)
    assert [(one.area, one.until) for one in moved.state.former] == former
    await arrivals.take(a_person(person, a_span(FIRST_GRID), version=3))
    *_, back = [one for one in await facts("grid.visit") if isinstance(one, VisitMoved)]
    assert (back.state.area, back.state.former) == (FIRST_GRID, ())


def test_homes_of_before_are_those_since_the_day_on_which_it_was_due() -> None:
    first = date(2026, 2, 1)
    three = (a_span(OTHER_VILLAGE, end=first), a_span(FIRST_GRID, first, ON), a_span(SECOND_GRID, ON))
    assert homes_before(three, ON, DUE) == [{"area": FIRST_GRID, "until": str(ON)}]
    assert homes_before(three, ON, ON) == []
    assert homes_before(three, date(2026, 3, 24), DUE) == []  # the move lies ahead
    assert len(homes_before(three, ON, date(2026, 1, 31))) == 2
