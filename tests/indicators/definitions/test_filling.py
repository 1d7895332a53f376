"""A new rule counts what is held, once: while states go on arriving, across pages, and in a rebuild."""

import asyncio

import pytest
from sqlalchemy import text

from services.indicators.countings.repository import counted_from_the_beginning
from services.indicators.deltas import service as counting
from services.indicators.features import FEATURES, ROUTES
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import COUNTY, OFFICER, TREE, ask, figures, value
from tests.indicators.definitions.drafting import a_draft, drafted, filled, publish
from tests.indicators.states import GRID, OTHER_GRID, a_visit, an_incident


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "PAGE", 3)


async def fill_once(database: Database) -> bool:
    async with database.session() as session:
        more = await counting.fill(session)
        await session.commit()
    return more


async def test_what_is_held_is_counted_and_not_told_before_it_is(
    door: Door, arrivals: Arrivals, committed: Database, small_pages: None
) -> None:
    held = [an_incident(number, severity="urgent") for number in range(1, 8)]
    await arrivals.take(*TREE, *held)
    await drafted(door, a_draft())
    assert (await publish(door, "X-URGENT")).status_code == 200
    shown = {one["code"]: one["counting"] for one in (await ask(door, OFFICER, "/definitions")).json()["items"]}
    assert [code for code, counting in shown.items() if counting] == ["X-URGENT"]
    assert await fill_once(committed)
    assert await value(door, COUNTY, "X-URGENT") is None
    assert await filled(committed) == 3
    assert await value(door, COUNTY, "X-URGENT") == 7
    assert (await figures(door, GRID, code="X-URGENT"))["X-URGENT"]["value"] == 7


async def test_states_that_arrive_while_it_is_counted_are_counted_once(
    door: Door, arrivals: Arrivals, committed: Database, small_pages: None
) -> None:
    await arrivals.take(*TREE, *(an_incident(number, severity="urgent") for number in range(1, 10)))
    await drafted(door, a_draft())
    await publish(door, "X-URGENT")
    await fill_once(committed)  # 1 to 3
    await arrivals.take(
        an_incident(2, severity="normal", version=2),  # behind: it leaves
        an_incident(3, severity="urgent", version=2, area=OTHER_GRID),  # behind: it moves
        an_incident(8, severity="normal", version=2),  # ahead: never counted
        an_incident(0, severity="urgent"),  # new and behind
        an_incident(20, severity="urgent"),  # new and ahead
        an_incident(21, severity="urgent"),
    )
    await filled(committed)
    assert await value(door, COUNTY, "X-URGENT") == 10
    by_grid = [(await figures(door, grid, code="X-URGENT"))["X-URGENT"]["value"] for grid in (GRID, OTHER_GRID)]
    assert by_grid == [9, 1]
    await arrivals.take(*(an_incident(number, severity="normal", version=3) for number in (0, *range(1, 10), 20, 21)))
    assert await value(door, COUNTY, "X-URGENT") == 0


async def test_counting_and_arriving_at_once_come_to_the_same(
    door: Door, arrivals: Arrivals, committed: Database, small_pages: None
) -> None:
    numbers = range(1, 40)
    await arrivals.take(*TREE, *(an_incident(number, severity="urgent") for number in numbers))
    await drafted(door, a_draft())
    await publish(door, "X-URGENT")

    async def arrive() -> None:
        for number in reversed(numbers):
            severity = "urgent" if number % 3 else "normal"
            await arrivals.take(an_incident(number, severity=severity, version=2))

    await asyncio.gather(filled(committed), arrive())
    await filled(committed)
    assert await value(door, COUNTY, "X-URGENT") == 26  # 39 less 13


async def test_a_generation_that_begins_empty_counts_by_every_rule_from_its_first_state(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    held = [*TREE, *(an_incident(number, severity="urgent") for number in range(1, 5)), a_visit(7)]
    await arrivals.take(*held)
    await drafted(door, a_draft())
    await publish(door, "X-URGENT")
    await filled(committed)
    async with committed.session() as session:
        await counted_from_the_beginning(session, 1)
        await session.commit()
    shadow = Arrivals(committed, ROUTES, owner="indicators", clock=clock, crypto=crypto, shadow=True)
    await shadow.take(*held)
    async with committed.session() as session:
        rows = await session.execute(
            text("SELECT slot, sum(amount) FROM deltas WHERE measure = 'X-URGENT@1' AND area = :area GROUP BY 1"),
            {"area": COUNTY},
        )
        assert sorted(tuple(row) for row in rows) == [(0, 4), (1, 4)]


def test_the_filling_is_a_schedule() -> None:
    names = [one.name for feature in FEATURES for one in feature.schedules]
    assert "count_by_new_rules" in names
