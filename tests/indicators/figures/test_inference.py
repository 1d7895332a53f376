"""Nothing that is published or openly answered of figures tells of restricted tags: two towns that differ in them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.indicators.features import FEATURES, SPEC
from shared.contracts.envelope import State
from shared.contracts.grid.visits import VisitStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.feature import schedules_of
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import COUNTY, FAR_GRID, OFFICER, OTHER_TOWN, REGISTRAR, TOWN, TREE, a_grid, ask, figures
from tests.indicators.states import (
    GRID,
    OTHER_VILLAGE,
    VILLAGE,
    a_person,
    a_restricted_tag,
    a_restricted_visit,
    a_span,
    a_tag,
    a_visit,
)
from tests.indicators.values.test_events import said

PAIRS = ((TOWN, OTHER_TOWN), (VILLAGE, OTHER_VILLAGE), (GRID, FAR_GRID))
RESTRICTED = ("TAG-RESTRICTED", "VISIT-RESTRICTED-DUE", "VISIT-RESTRICTED-DONE")


def open_life(first: int, grid: str) -> Iterator[State]:
    """Three people of a grid with care tags, visits that are due, paid and late."""
    for number in range(first, first + 3):
        yield a_person(number, residence=(a_span(grid),), registration=(a_span(grid[:12], kind="household"),))
        yield a_tag(number, residence=(a_span(grid),))
        done = {"status": VisitStatus.DONE, "done_on": date(2026, 1, 7 + 3 * (number - first))}
        yield a_visit(number, area=grid, **(done if number > first else {}))


@pytest.fixture
async def towns(arrivals: Arrivals) -> None:
    """Two towns with equal open lives; in one of them each of the three has a restricted tag, too, and is visited."""
    await arrivals.take(*TREE, a_grid(FAR_GRID))
    await arrivals.take(*open_life(1, GRID), *open_life(11, FAR_GRID))
    await arrivals.take(a_grid(OTHER_VILLAGE + "002"))
    await arrivals.take(*(a_restricted_tag(number, residence=(a_span(GRID),)) for number in (21, 22, 23)))
    await arrivals.take(
        a_restricted_visit(31), a_restricted_visit(32, status=VisitStatus.DONE, done_on=date(2026, 1, 8))
    )


def plain(answer: Any, area: str) -> Any:
    """An answer without the area that was asked for."""
    if isinstance(answer, dict):
        return {key: plain(value, area) for key, value in answer.items()}
    if isinstance(answer, list):
        return [plain(one, area) for one in answer]
    return answer.replace(area, "here") if isinstance(answer, str) else answer


async def test_open_figures_of_two_areas_that_differ_in_restricted_tags_are_equal(door: Door, towns: None) -> None:
    for one, other in PAIRS:
        answers = [plain((await ask(door, OFFICER, area=area)).json(), area) for area in (one, other)]
        assert answers[0] == answers[1]
    query = {"code": "VISIT-DUE", "since": "2026-01-01", "until": "2026-01-31"}
    days = [plain((await ask(door, OFFICER, "/series", area=area, **query)).json(), area) for area in PAIRS[1]]
    assert days[0] == days[1]


async def test_announced_values_of_both_towns_are_equal(
    towns: None, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    [duty] = [one for one in schedules_of(FEATURES) if one.name == "announce_values"]
    async with committed.session() as session:
        await duty.run(plain_context(session, SPEC, clock, crypto))
        await session.commit()
    told: dict[str, dict[str, Any]] = {TOWN: {}, OTHER_TOWN: {}, COUNTY: {}}
    for _, state in await said(committed):
        told.setdefault(state["area"], {})[state["code"]] = (state["value"], state["base"])
    assert told[TOWN] == told[OTHER_TOWN]
    assert told[COUNTY]["VISIT-DUE"] == (6, None)
    assert not any("RESTRICTED" in code for codes in told.values() for code in codes)


async def test_an_open_figure_less_what_the_published_topics_count_is_nothing(door: Door, towns: None) -> None:
    """The difference of figures: whoever counts the published visits and care tags gets the figure itself."""
    found = await figures(door, GRID)
    assert (found["VISIT-DUE"]["value"], found["VISIT-DONE"]["value"], found["TAG-CARE"]["value"]) == (3, 2, 3)


async def test_what_may_be_counted_is_counted_for_those_who_may_see_it(door: Door, towns: None) -> None:
    here = await figures(door, VILLAGE, REGISTRAR)
    there = await figures(door, OTHER_VILLAGE, REGISTRAR)
    assert [here[code]["value"] for code in RESTRICTED] == [3, 2, 1]
    assert [there[code]["value"] for code in RESTRICTED] == [0, 0, 0]
    assert (here["VISIT-RESTRICTED-RATE"]["numerator"], here["VISIT-RESTRICTED-RATE"]["denominator"]) == (1, 2)
