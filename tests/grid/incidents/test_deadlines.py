"""Deadlines of incidents follow the calendar: a year that is announced or amended moves those that run through it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared.auth.principal import Principal
from shared.clock import SHANGHAI
from shared.contracts.grid.incidents import IncidentRescheduled
from shared.contracts.registry.calendar import CalendarState
from shared.db.engine import Database
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import CLERK, HANDLER, HEAD, WORKER, an_incident, until_it_waits
from tests.grid.conftest import Facts
from tests.grid.hotline import Hotline, a_request

STEPS: dict[str, tuple[Principal, dict[str, Any]]] = {
    "file": (CLERK, {}),
    "dispatch": (CLERK, {}),
    "accept": (HANDLER, {}),
    "feedback": (HANDLER, {"reason": "cleaned"}),
    "check": (HEAD, {"passed": True}),
    "close": (CLERK, {}),
}
HOLD = text("SELECT 1 FROM incidents WHERE id = CAST(:id AS uuid) FOR UPDATE")

Step = Callable[..., Awaitable[httpx.Response]]
Bring = Callable[..., Awaitable[Any]]


def year_of(year: int, *more: date, version: int = 2, provisional: bool = False) -> CalendarState:
    """A year's calendar with these days off besides those that are known."""
    known = next((one.holidays for one in published_years() if one.year == year), ())
    worked = next((one.working_weekends for one in published_years() if one.year == year), ())
    return CalendarState(
        id=str(year), version=version, year=year, holidays=(*known, *more), working_weekends=worked,
        provisional=provisional, source="notice",
    )  # fmt: skip


YEAR_2027 = year_of(2027, date(2027, 1, 1), date(2027, 1, 4), version=1)


@pytest.fixture
def step(door: Door, unit: str) -> Step:
    async def take(incident: str, name: str, *, tag: str | None = None) -> httpx.Response:
        who, body = STEPS[name]
        async with door.client(who) as client:
            return await client.post(
                f"/incidents/{incident}/{name}",
                json={**body, "unit_id": unit} if name == "dispatch" else body,
                headers={} if tag is None else {"If-Match": tag},
            )

    return take


@pytest.fixture
def bring(door: Door, grids: None, step: Step) -> Bring:
    """An incident after its first so many steps: `bring(2, category="environment")` is dispatched."""

    async def make(steps: int, **what_matters: Any) -> Any:
        async with door.client(WORKER) as client:
            shown = (await client.post("/incidents", json=an_incident(**what_matters))).json()
        for name in list(STEPS)[:steps]:
            answer = await step(shown["id"], name)
            assert answer.status_code == 200, answer.text
            shown = answer.json()
        return shown

    return make


async def seen(door: Door, incident: Any) -> Any:
    async with door.client(CLERK) as client:
        return (await client.get(f"/incidents/{incident['id']}")).json()


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
async def test_an_amended_year_moves_every_open_deadline_that_it_touches(
    door: Door, bring: Bring, step: Step, unit: str, arrivals: Arrivals, facts: Facts, steps: int
) -> None:
    incident = await bring(steps)
    assert incident["due_at"] == "2026-03-18T18:00:00+08:00"
    await arrivals.take(year_of(2026, date(2026, 3, 17)))
    detail = await seen(door, incident)
    shown, last = detail["incident"], detail["steps"][-1]
    expected = {"due_at": "2026-03-19T18:00:00+08:00", "version": incident["version"] + 1}
    expected["act_by"] = expected["due_at"]
    assert shown == {**incident, **expected}
    assert (last["step"], last["actor"], last["version"], last["status"]) == (
        "reschedule", "calendar", shown["version"], incident["status"],
    )  # fmt: skip
    told = (await facts("grid.incident", incident["id"]))[-1]
    assert isinstance(told, IncidentRescheduled)
    assert (told.state.due_at, told.state.version) == (datetime.fromisoformat(shown["due_at"]), shown["version"])
    assert (await step(incident["id"], list(STEPS)[steps])).status_code == 200, "it goes on from there"


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ({"severity": "urgent"}, "2026-03-16T16:00:00+08:00", "2026-03-17T12:00:00+08:00"),  # work hours
        ({"category": "facility", "severity": "urgent"}, "2026-03-16T18:00:00+08:00", None),  # hours by the clock
        ({"category": "disaster"}, "2026-03-18T23:59:59+08:00", None),  # days by the clock
        ({"category": "other", "severity": "urgent"}, "2026-03-17T18:00:00+08:00", "2026-03-17T18:00:00+08:00"),
    ],
)
async def test_work_hours_follow_and_time_by_the_clock_does_not(
    door: Door, bring: Bring, arrivals: Arrivals, what: dict[str, Any], before: str, after: str | None
) -> None:
    incident = await bring(1, **what)
    assert incident["due_at"] == before
    await arrivals.take(year_of(2026, date(2026, 3, 16)))
    shown = (await seen(door, incident))["incident"]
    assert shown["due_at"] == (after or before)


async def test_a_provisional_deadline_is_computed_again_when_the_year_is_announced(
    door: Door, bring: Bring, clock: FrozenClock, arrivals: Arrivals
) -> None:
    clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    incident = await bring(1)
    assert (incident["due_at"], incident["due_provisional"]) == ("2027-01-04T18:00:00+08:00", True)
    await arrivals.take(year_of(2027, date(2027, 1, 1), version=1, provisional=True))
    assert (await seen(door, incident))["incident"] == incident, "the same, and as uncertain: nothing is told"
    await arrivals.take(YEAR_2027.model_copy(update={"version": 2}))
    shown = (await seen(door, incident))["incident"]
    assert (shown["due_at"], shown["due_provisional"]) == ("2027-01-05T18:00:00+08:00", False)


async def test_what_has_ended_keeps_its_deadline_and_no_doubt(
    door: Door, bring: Bring, clock: FrozenClock, arrivals: Arrivals
) -> None:
    clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    closed, reported = await bring(6), await bring(0)
    assert (closed["due_at"], closed["due_provisional"]) == ("2027-01-04T18:00:00+08:00", False)
    await arrivals.take(YEAR_2027)
    for one in (closed, reported):
        assert (await seen(door, one))["incident"]["version"] == one["version"]


async def test_the_deadline_is_that_of_the_dictionary_that_was_pinned(
    door: Door, bring: Bring, arrivals: Arrivals, committed: Database
) -> None:
    incident = await bring(1)
    async with committed.session() as session:  # a later version gives less time
        for statement in (
            "INSERT INTO dictionaries (version, valid_from, shifts) SELECT 2, '2026-01-01', shifts FROM dictionaries",
            "INSERT INTO dictionary_categories SELECT 2, code, name FROM dictionary_categories",
            "INSERT INTO dictionary_limits SELECT 2, category, severity, 0, 'day' FROM dictionary_limits",
        ):
            await session.execute(text(statement))
        await session.commit()
    await arrivals.take(year_of(2026, date(2026, 3, 17)))
    shown = (await seen(door, incident))["incident"]
    assert (shown["due_at"], shown["dictionary_version"]) == ("2026-03-19T18:00:00+08:00", 1)


async def until_waiting(number: int, database: Database) -> None:
    """Returns once so many transactions stand before a lock."""
    statement = text("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                     "WHERE NOT l.granted AND a.datname = current_database()")  # fmt: skip
    async with asyncio.timeout(20):
        while True:
            async with database.session() as session:
                if (await session.execute(statement)).scalar_one() >= number:
                    return
            await asyncio.sleep(0.01)


async def test_an_incident_that_is_filed_while_a_year_arrives_has_the_deadline_of_that_year(
    door: Door, bring: Bring, step: Step, clock: FrozenClock, arrivals: Arrivals, committed: Database
) -> None:
    clock.set(datetime(2026, 12, 30, 9, tzinfo=SHANGHAI))
    incident = await bring(0)
    async with committed.session() as other:
        await other.execute(HOLD, {"id": incident["id"]})
        filing = asyncio.ensure_future(step(incident["id"], "file"))
        await until_waiting(1, committed)
        announced = asyncio.create_task(arrivals.take(YEAR_2027))
        await until_waiting(2, committed)
        await other.rollback()
    await announced
    assert (await filing).status_code == 200
    shown = (await seen(door, incident))["incident"]
    assert (shown["due_at"], shown["due_provisional"]) == ("2027-01-05T18:00:00+08:00", False)


@pytest.mark.parametrize("steps", [2, 3, 4, 5])
async def test_a_step_that_meets_a_new_deadline_is_taken(
    door: Door, bring: Bring, step: Step, arrivals: Arrivals, committed: Database, steps: int
) -> None:
    incident = await bring(steps)
    name = list(STEPS)[steps]
    async with committed.session() as other:
        await other.execute(HOLD, {"id": incident["id"]})
        announced = asyncio.create_task(arrivals.take(year_of(2026, date(2026, 3, 17))))
        await until_it_waits(announced, committed)
        taking = asyncio.ensure_future(step(incident["id"], name))
        await until_waiting(2, committed)
        await other.rollback()
    await announced
    answer = await taking
    assert (answer.status_code, answer.json()["version"]) == (200, incident["version"] + 2), answer.text
    assert answer.json()["due_at"] == "2026-03-19T18:00:00+08:00"


async def test_the_hotline_learns_the_new_deadline(
    door: Door, grids: None, step: Step, hotline: Hotline, arrivals: Arrivals, facts: Facts
) -> None:
    (incident,) = await sent_in(door, hotline)
    await step(incident["id"], "file")
    before = (await facts("grid.inbound_outcome"))[-1].state
    await arrivals.take(year_of(2026, date(2026, 3, 17)))
    after = (await facts("grid.inbound_outcome"))[-1].state
    assert after.version == before.version + 1
    assert after.due_at > before.due_at


async def sent_in(door: Door, hotline: Hotline) -> list[Any]:
    """The incidents that a request of the hotline made."""
    await hotline.send(a_request())
    async with door.client(CLERK) as client:
        found: list[Any] = (await client.get("/incidents")).json()["items"]
    return found
