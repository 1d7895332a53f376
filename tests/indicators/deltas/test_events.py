"""Which aggregates lie in which grid, as states arrive and move on."""

from datetime import date

from sqlalchemy import text

from shared.contracts.envelope import State
from shared.db.engine import Database
from shared.testing.doors import Arrivals
from tests.indicators.states import (
    GRID,
    OTHER_GRID,
    VILLAGE,
    a_household,
    a_person,
    a_span,
    a_tag,
    a_visit,
    an_incident,
    uid,
)


async def members(database: Database) -> set[tuple[str, str, str]]:
    """Grid, noun and aggregate."""
    async with database.session() as session:
        rows = await session.execute(text("SELECT grid, noun, aggregate FROM grid_members"))
        return {(grid, noun, aggregate) for grid, noun, aggregate in rows}


async def test_a_grid_forgets_who_left_it_wholly_and_keeps_who_once_counted_there(
    arrivals: Arrivals, committed: Database
) -> None:
    moved: list[tuple[State, State]] = [
        (a_household(1), a_household(1, version=2, area=OTHER_GRID)),
        (an_incident(2), an_incident(2, version=2, area=OTHER_GRID)),
        (a_visit(3), a_visit(3, version=2, area=VILLAGE)),
        (a_tag(4), a_tag(4, version=2, residence=())),
        (a_person(5), a_person(5, version=2, residence=(a_span(OTHER_GRID),))),
    ]
    await arrivals.take(*(before for before, _ in moved))
    assert await members(committed) == {(GRID, before.noun, before.subject) for before, _ in moved}
    await arrivals.take(*(after for _, after in moved))
    assert await members(committed) == {
        (OTHER_GRID, noun, str(uid(number)))
        for number, noun in ((1, "registry.household"), (2, "grid.incident"), (5, "registry.person"))
    }
    first = a_span(end=date(2026, 2, 1))
    await arrivals.take(a_person(5, version=3, residence=(first, a_span(OTHER_GRID, date(2026, 2, 1)))))
    assert {grid for grid, noun, _ in await members(committed) if noun == "registry.person"} == {GRID, OTHER_GRID}
