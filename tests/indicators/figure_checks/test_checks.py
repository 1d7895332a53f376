"""Stored figures are held against what is below them: what was planted is named, and mended by a rebuild alone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.indicators.features import FEATURES, SPEC
from services.indicators.figure_checks.service import EVERY
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.feature import schedules_of
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import (
    CLERK,
    COUNTY,
    FAR_GRID,
    OPERATOR,
    OTHER_TOWN,
    PREFECTURE,
    TOWN,
    TREE,
    a_grid,
    ask,
)
from tests.indicators.figures.tables import answer_of
from tests.indicators.figures.test_races import RandomCounty
from tests.indicators.ledgers import SEEKERS, a_ledger, a_seeker
from tests.indicators.states import OTHER_VILLAGE, VILLAGE, a_case, a_person, a_restricted_tag

AUDITOR = a_principal("auditor", COUNTY)
[DUTY] = [one for one in schedules_of(FEATURES) if one.name == "check_figures"]


class Checks:
    """The duty as the worker does it, what it finds, and the database that something is planted in."""

    def __init__(self, database: Database, clock: FrozenClock, crypto: Crypto, door: Door) -> None:
        self._database = database
        self._crypto = crypto
        self._door = door
        self.clock = clock

    async def run(self) -> int:
        """Check until there is nothing more to do; returns how many areas were looked at."""
        areas, more = 0, True
        while more:
            async with self._database.session() as session:
                more = bool(await DUTY.run(plain_context(session, SPEC, self.clock, self._crypto)))
                await session.commit()
            areas += more
        return areas

    async def again(self) -> int:
        """The same a day later."""
        self.clock.advance(hours=EVERY / timedelta(hours=1))
        return await self.run()

    async def plant(self, statement: str) -> None:
        async with self._database.session() as session:
            assert (await session.execute(text(statement))).rowcount > 0  # type: ignore[attr-defined]
            await session.commit()

    async def found(self, **query: Any) -> set[tuple[str, str, str]]:
        answer = await answer_of(self._door, "/figure-differences", OPERATOR, **query)
        return {(one["area"], one["measure"], one["dimension"]) for one in answer["items"]}

    async def last(self) -> dict[str, Any]:
        return await answer_of(self._door, "/figure-checks/last", AUDITOR)


@pytest.fixture
def checks(committed: Database, clock: FrozenClock, crypto: Crypto, door: Door) -> Checks:
    return Checks(committed, clock, crypto, door)


async def test_figures_of_a_county_at_work_do_not_differ(arrivals: Arrivals, checks: Checks) -> None:
    """At every level, with cases of towns and of the county, people who moved, and a ledger's sums."""
    await arrivals.take(*TREE, a_grid(FAR_GRID), a_ledger(SEEKERS), *(a_seeker(number) for number in range(900, 904)))
    states = RandomCounty(51).states(96)
    for start in range(0, len(states), 40):
        await arrivals.take(*states[start : start + 40])
    await arrivals.take(a_case(990, area=TOWN), a_case(991, area=COUNTY), a_case(992, area=PREFECTURE))
    assert await checks.run() == 6, "prefecture, county, two towns, two villages"
    assert await checks.found() == set()
    last = await checks.last()
    assert (last["areas"], last["standing"]) == (6, 0)
    assert last["ended_at"] is not None


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (f"UPDATE deltas SET amount = amount + 1 WHERE area = '{VILLAGE}' AND measure = 'POP-REG' AND dimension = ''",
         {(VILLAGE, "POP-REG", ""), (TOWN, "POP-REG", "")}),
        (f"DELETE FROM deltas WHERE area = '{TOWN}' AND measure = 'POP-RES' AND dimension = 'sex:2'",
         {(TOWN, "POP-RES", "sex:2"), (COUNTY, "POP-RES", "sex:2")}),
        (f"UPDATE deltas SET day = day + 1 WHERE area = '{COUNTY}' AND measure = 'POP-RES' AND dimension = ''",
         {(COUNTY, "POP-RES", ""), (PREFECTURE, "POP-RES", "")}),
        (f"DELETE FROM deltas WHERE area = '{PREFECTURE}' AND measure = 'CASE-DUE'", {(PREFECTURE, "CASE-DUE", "")}),
        ("DELETE FROM projected_states WHERE noun = 'services_hall.case'",
         {(TOWN, one, "") for one in ("CASE-ACCEPTED", "CASE-DUE")}),
    ],
)  # fmt: skip
async def test_what_was_planted_is_named_by_area_and_measure(
    arrivals: Arrivals, checks: Checks, planted: str, found: set[tuple[str, str, str]]
) -> None:
    await arrivals.take(*TREE, a_person(1), a_person(2), a_case(3, area=TOWN))
    await checks.plant(planted)
    await checks.run()
    assert found <= await checks.found()
    assert {area for area, _, _ in await checks.found()} == {area for area, _, _ in found}


async def test_a_difference_stands_until_it_is_gone_and_is_told_once(arrivals: Arrivals, checks: Checks) -> None:
    await arrivals.take(*TREE, a_person())
    wrong = (
        f"UPDATE deltas SET amount = amount {{}} 1 WHERE area = '{COUNTY}' AND measure = 'POP-RES' AND dimension = ''"
    )
    await checks.plant(wrong.format("+"))
    await checks.run()
    await checks.again()
    expected = {(COUNTY, "POP-RES", ""), (PREFECTURE, "POP-RES", "")}
    assert await checks.found() == expected
    assert (await checks.last())["standing"] == 2
    await checks.plant(wrong.format("-"))
    await checks.again()
    assert await checks.found(standing=True) == set()
    assert await checks.found() == expected
    await checks.plant(wrong.format("+"))
    await checks.again()
    assert (await checks.last())["standing"] == 2
    checks.clock.advance(days=91)
    await checks.plant(wrong.format("-"))
    await checks.again()
    assert len(await checks.found()) == 2, "what was mended long ago is forgotten"


async def test_restricted_and_guarded_indicators_are_checked_and_told_to_nobody(
    arrivals: Arrivals, checks: Checks, committed: Database
) -> None:
    await arrivals.take(*TREE, a_ledger(SEEKERS), a_restricted_tag(), *(a_seeker(number) for number in range(1, 4)))
    await checks.plant(
        f"UPDATE deltas SET amount = amount + 1 WHERE area = '{VILLAGE}' AND "
        "(measure = 'TAG-RESTRICTED' OR measure LIKE 'registry.job_seekers.%')"
    )
    await checks.run()
    async with committed.session() as session:
        rows = await session.execute(text("SELECT DISTINCT measure, restricted FROM figure_differences"))
        kept = {(measure, restricted) for measure, restricted in rows}
    assert ("TAG-RESTRICTED", True) in kept
    assert any(measure.startswith("registry.job_seekers") for measure, _ in kept)
    assert all(restricted for _, restricted in kept)
    assert (await checks.found(), (await checks.last())["standing"]) == (set(), 0)


async def test_a_check_begins_once_a_day_or_when_it_is_asked_for(
    door: Door, arrivals: Arrivals, checks: Checks
) -> None:
    await arrivals.take(*TREE)
    assert (await checks.last())["begun_at"] is None
    assert await checks.run() == 6
    assert await checks.run() == 0
    async with door.client(OPERATOR) as client:
        answer = await client.post("/figure-checks", json={})
    assert (answer.status_code, answer.json()["ended_at"], answer.json()["areas"]) == (202, None, 0)
    assert await checks.run() == 6
    assert await checks.again() == 6


async def test_villages_that_nobody_told_of_are_checked_too(arrivals: Arrivals, checks: Checks) -> None:
    """Figures do not wait for the tree."""
    await arrivals.take(a_person(1), a_person(2, residence=(), registration=()))
    assert await checks.run() == 4
    await checks.plant(f"DELETE FROM deltas WHERE area = '{VILLAGE}' AND measure = 'POP-RES' AND dimension = ''")
    await checks.again()
    assert await checks.found() >= {(VILLAGE, "POP-RES", ""), (TOWN, "POP-RES", "")}


async def test_nobody_else_sees_differences(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    for path in ("/figure-differences", "/figure-checks/last"):
        assert (await ask(door, CLERK, path)).status_code == 403
        assert (await ask(door, a_principal("operator", OTHER_TOWN), path)).status_code in (403, 404)
    assert OTHER_VILLAGE.startswith(OTHER_TOWN)
