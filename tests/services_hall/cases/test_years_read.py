"""What is left of a limit is counted by the years between today and its end: no other year is read, nor one twice."""

import tempfile
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.services_hall.cases.service.deadlines import Deadlines
from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.db.engine import Database
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from shared.testing.trips import Trips, counted
from shared.workdays import WorkingCalendar
from tests.services_hall.conftest import CLERK, CaseIn, Step

WHOLE = WorkingCalendar(published_years())
NEXT_YEAR = CalendarState(
    id="2027", version=1, year=2027, holidays=(date(2027, 1, 1), date(2027, 1, 4)), working_weekends=(),
    provisional=False, source="notice",
)  # fmt: skip
UNREADABLE = text("UPDATE projected_states SET state = '{}' WHERE noun = 'registry.calendar' AND aggregate = :year")


@pytest.fixture
async def trips(door: Door, service_database: ServiceDatabase) -> AsyncIterator[Trips]:
    """The hall over connections that are counted."""
    with tempfile.TemporaryDirectory(prefix="trips-") as folder:
        async with counted(service_database.service_url, Path(folder)) as trips:
            own, database = door.kit.database, Database(trips.url, pool=2, application="counted")
            door.kit.database = database
            yield trips
            door.kit.database = own
            await database.close()


async def damage(database: Database, *years: int) -> None:
    """Whoever reads one of these years fails."""
    async with database.session() as session:
        for year in years:
            await session.execute(UNREADABLE, {"year": str(year)})
        await session.commit()


async def left(door: Door, case: Any) -> int | None:
    """What is left of a case, as its detail and the list say alike."""
    async with door.client(CLERK) as client:
        shown = (await client.get(f"/cases/{case['id']}")).json()["remaining_days"]
        listed = {one["id"]: one["remaining_days"] for one in (await client.get("/cases")).json()["items"]}
    assert listed[case["id"]] == shown
    answer: int | None = shown
    return answer


async def test_an_answer_reads_the_years_between_today_and_the_end_and_no_others(
    door: Door, case_in: CaseIn, committed: Database, clock: FrozenClock
) -> None:
    case = await case_in("accepted")
    await damage(committed, *(year.year for year in published_years() if year.year != 2026))
    assert await left(door, case) == 5
    clock.set(datetime(2026, 3, 30, 9, tzinfo=SHANGHAI))
    assert await left(door, case) == -5


async def test_across_a_new_year_both_years_are_read(
    door: Door, case_in: CaseIn, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(NEXT_YEAR)
    clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    case = await case_in("accepted")
    await damage(committed, *range(2004, 2026))
    assert (case["due_on"], await left(door, case)) == ("2027-01-08", 5)
    clock.set(datetime(2027, 1, 11, 9, tzinfo=SHANGHAI))
    assert await left(door, case) == -1


async def test_where_nothing_runs_no_year_is_read(door: Door, case_in: CaseIn, step: Step, committed: Database) -> None:
    case, stopped = await case_in("received"), await case_in("accepted")
    stopped = (await step(stopped, "suspend", reason="force_majeure")).json()
    await damage(committed, *(year.year for year in published_years()))
    assert (await left(door, case), await left(door, stopped)) == (None, None)


async def test_a_list_of_many_limits_asks_no_oftener_than_one_of_a_single_limit(
    door: Door, case_in: CaseIn, trips: Trips, clock: FrozenClock
) -> None:
    async def asked() -> int:
        async with door.client(CLERK) as client:
            for _ in range(2):  # the second time, nothing is prepared any more
                trips.reset()
                listed = (await client.get("/cases")).json()["items"]
        assert all(one["remaining_days"] is not None for one in listed)
        return trips.waited

    await case_in("accepted")
    single = await asked()
    for _ in range(3):
        clock.advance(days=1)
        await case_in("accepted")
    assert await asked() == single


async def test_days_that_are_left_are_those_of_the_whole_calendar_on_both_sides_of_every_new_year(
    person: Any, committed: Database
) -> None:
    """Against the calendar itself: for each of some thirty days, ends from half a year before to half a year after."""
    today = date(2024, 9, 20)
    async with committed.session() as session:
        for _ in range(33):
            ends = [today + timedelta(days=n) for n in range(-180, 181, 9)]
            found = await Deadlines(session).left(ends, today)
            assert found == {end: WHOLE.count(today, end) if end >= today else -WHOLE.count(end, today) for end in ends}
            today += timedelta(days=13)
        assert await Deadlines(session).left([], today) == {}
