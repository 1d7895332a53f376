"""Which aggregates lie in which grid, as states arrive and move on."""

from datetime import date

import pytest
from sqlalchemy import text

from services.indicators.deltas import domain as rules
from shared.contracts.envelope import State
from shared.db.engine import Database
from shared.testing.doors import Arrivals
from tests.indicators.states import (
    GRID,
    OTHER_GRID,
    OTHER_VILLAGE,
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


async def elsewhere(database: Database) -> set[tuple[str, str, str]]:
    """Area, noun and aggregate of what counts where it does not lie."""
    async with database.session() as session:
        return {(area, noun, one) for area, noun, one in await session.execute(text(ELSEWHERE))}


ELSEWHERE = "SELECT area, noun, aggregate FROM area_members"


async def test_what_counts_where_it_does_not_lie_is_known_as_long_as_it_counts_there(
    arrivals: Arrivals, committed: Database
) -> None:
    person, mine = str(uid(1)), "registry.person"
    await arrivals.take(a_person(1), an_incident(2))
    assert await elsewhere(committed) == set()
    first = a_span(end=date(2026, 2, 1))
    moved = (first, a_span(OTHER_VILLAGE, date(2026, 2, 1)))
    await arrivals.take(a_person(1, version=2, residence=moved))
    assert await elsewhere(committed) == {(VILLAGE, mine, person)}
    back = (*moved[:1], a_span(OTHER_VILLAGE, date(2026, 2, 1), date(2026, 3, 1)), a_span(GRID, date(2026, 3, 1)))
    await arrivals.take(a_person(1, version=3, residence=back))
    assert await elsewhere(committed) == {(OTHER_VILLAGE, mine, person)}
    await arrivals.take(a_person(1, version=4, residence=(a_span(GRID),)))
    assert await elsewhere(committed) == set()


async def test_a_batch_of_which_a_level_is_lost_leaves_nothing_behind(
    arrivals: Arrivals, committed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the roll-up forgot the towns: the records become dead letters, to be replayed when the fault is mended."""
    monkeypatch.setattr(rules, "ancestors", lambda area: (one for one in (area[:12], area[:6], area[:4])))
    await arrivals.take(a_person(1))
    async with committed.session() as session:
        assert not (await session.execute(text("SELECT 1 FROM deltas UNION ALL SELECT 1 FROM projected_states"))).all()
        assert list(await session.scalars(text("SELECT code FROM dead_letters"))) == ["defect_LevelsDisagree"]
    monkeypatch.undo()
    await arrivals.take(a_person(2))
    async with committed.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM deltas WHERE length(area) = 9"))).scalar_one() > 0
