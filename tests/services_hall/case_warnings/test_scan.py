"""The scan: each case warned about once by each rule, the earliest first, whoever works and whoever is killed."""

import asyncio
import signal
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.registry.calendar import CalendarState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from tests.services_hall.case_warnings.planting import a_worker, plant, says, told, until, warned
from tests.services_hall.case_warnings.scanning_process import EVERY, a_duty, scheduler
from tests.services_hall.cases.conftest import whole as whole
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import COUNTY_OFFICER, VILLAGE, CaseIn, Facts

SOON, OVER = "yellow", "red"


class Scans:
    """The duty of a worker as it fires, and what it raised."""

    def __init__(self, database: Database, crypto: Crypto, clock: FrozenClock) -> None:
        self._database, self._crypto, self._clock = database, crypto, clock

    async def __call__(self, batch: int = 500) -> list[tuple[str, str, str, str, str | None]]:
        """One scan to its end: metric, colour, receiver, area and department of each new warning, the oldest first."""
        before = await self._all()
        duty = a_duty(batch)
        one = scheduler(self._database, self._crypto, self._clock, duty)
        while await one.fire(duty):
            pass
        self._clock.advance(seconds=EVERY.total_seconds())
        return (await self._all())[len(before) :]

    async def _all(self) -> list[Any]:
        async with self._database.session() as session:
            rows = await session.execute(
                text("SELECT metric, colour, receiver, area, department FROM case_warnings ORDER BY id")
            )
            return [tuple(row) for row in rows]


@pytest.fixture
def scan(committed: Database, crypto: Crypto, clock: FrozenClock) -> Scans:
    return Scans(committed, crypto, clock)


def set_to(clock: FrozenClock, day: str, time: str = "10:00") -> None:
    clock.set(datetime.fromisoformat(f"{day}T{time}:00+08:00"))


async def test_a_limit_is_warned_about_before_it_ends_and_when_it_is_over_each_once(
    case_in: CaseIn, scan: Scans, clock: FrozenClock, facts: Facts
) -> None:
    case = await case_in("accepted")
    assert case["due_on"] == "2026-03-23"
    assert await scan() == []
    set_to(clock, "2026-03-20", "00:00")
    assert await scan() == [("limit", SOON, "holder", VILLAGE, "civil_affairs")]
    assert await scan() == []
    set_to(clock, "2026-03-23", "23:49")
    assert await scan() == []
    set_to(clock, "2026-03-24", "00:00")
    assert await scan() == [("limit", OVER, "supervisor", "450481", None)]
    set_to(clock, "2026-06-24")
    assert await scan() == []
    found = [fact.state for fact in await facts("services_hall.case_warning")]
    assert [(str(one.case_id), one.metric, one.level, str(one.due_on), one.version) for one in found] == [
        (case["id"], "limit", 1, "2026-03-23", 1), (case["id"], "limit", 2, "2026-03-23", 1),
    ]  # fmt: skip


async def test_what_stands_still_was_decided_or_has_ended_is_not_warned_about(
    whole: Whole, scan: Scans, clock: FrozenClock
) -> None:
    for status in ("suspended", "special", "withdrawn", "refused", "submitted"):
        await whole.bring(status)
    set_to(clock, "2026-09-01")
    assert await scan() == []


async def test_each_step_of_a_review_and_an_extended_limit_are_warned_about_anew(
    whole: Whole, scan: Scans, clock: FrozenClock
) -> None:
    case = await whole.bring("in_review")
    step = ("step", "orange", "holder", "450481114", "civil_affairs")
    set_to(clock, "2026-03-20")
    assert await scan() == [step]
    case = await whole.do(case, "pass", "take")
    assert await scan() == []
    set_to(clock, "2026-03-27")
    assert await scan() == [("limit", SOON, "holder", "450481", "civil_affairs")]
    set_to(clock, "2026-03-28")
    case = await whole.do(case, ("extend", {"days": 10, "reason": "complex"}))
    assert await scan() == [("step", "orange", "holder", "450481", "civil_affairs")]
    set_to(clock, "2026-04-13")
    assert await scan() == [("limit", SOON, "holder", "450481", "civil_affairs")]
    assert case["due_on"] == "2026-04-14"


async def test_a_calendar_that_moves_a_date_warns_nobody_twice(
    case_in: CaseIn, scan: Scans, clock: FrozenClock, arrivals: Arrivals
) -> None:
    await case_in("accepted")
    set_to(clock, "2026-03-20")
    assert len(await scan()) == 1
    year = next(year for year in published_years() if year.year == 2026)
    off = (*year.holidays, date(2026, 3, 20), date(2026, 3, 23))
    await arrivals.take(
        CalendarState(
            id="2026", version=2, year=2026, holidays=off, working_weekends=tuple(year.working_weekends),
            provisional=False, source="notice",
        )
    )  # fmt: skip
    set_to(clock, "2026-03-24")
    assert await scan() == [], "soon was told; the new date, the 25th, is not over"
    set_to(clock, "2026-03-26")
    assert [colour for _, colour, *_ in await scan()] == [OVER]


async def test_the_notice_the_papers_the_promise_and_the_delivery_have_limits_too(
    whole: Whole, scan: Scans, clock: FrozenClock
) -> None:
    received = await whole.bring("received")
    set_to(clock, "2026-03-19", "23:00")
    assert await scan() == []
    set_to(clock, "2026-03-20")
    assert await scan() == [("telling", SOON, "holder", VILLAGE, "civil_affairs")]
    await whole.do(received, ("notify", {"materials": [{"number": 2, "problem": "illegible"}], "until": "2026-04-30"}))
    set_to(clock, "2026-04-28")
    assert await scan() == [("supply", "blue", "counter", VILLAGE, "civil_affairs")]
    promise = {"number": 2, "status": "deferred", "promised_on": "2026-05-06"}
    papers = ("check-material", {"number": 1, "status": "given"})
    await whole.do(await whole.bring("submitted"), "receive", papers, ("check-material", promise), "accept")
    set_to(clock, "2026-05-07", "00:00")
    assert await scan() == [("promise", "orange", "counter", VILLAGE, "civil_affairs")]
    await whole.bring("closed")
    set_to(clock, "2026-05-20", "09:00")
    mine = [one for one in await scan() if one[0] == "delivery"]
    assert mine == [("delivery", SOON, "holder", "450481", "civil_affairs")]


async def test_no_rule_waits_for_another_and_the_earliest_comes_first(
    item: str, person: object, scan: Scans, committed: Database, clock: FrozenClock, case_in: CaseIn
) -> None:
    await plant(committed, item, VILLAGE, 9, at=clock.now(), due=date(2026, 3, 13))
    async with committed.session() as session:
        await session.execute(text("UPDATE cases SET due_on = '2026-03-10' WHERE number = 'N7'"))
        await session.commit()
    await case_in("decided")
    set_to(clock, "2026-03-30")
    raised = await scan(batch=2)
    by_metric = [metric for metric, *_ in raised]
    assert {metric: by_metric.count(metric) for metric in by_metric} == {"limit": 18, "delivery": 1}
    assert "delivery" in by_metric[:5], "it is raised in the first step, beside the first of the others"
    async with committed.session() as session:
        first = await session.scalars(
            text(
                "SELECT number FROM case_warnings JOIN cases ON cases.id = case_id WHERE metric = 'limit'"
                " ORDER BY case_warnings.id LIMIT 4"
            )
        )
        assert "N7" in set(first), "two by each of both rules in the first step, the earliest among them"


async def test_a_rule_that_is_withdrawn_or_of_a_day_to_come_warns_nobody(
    case_in: CaseIn, door: Door, scan: Scans, clock: FrozenClock
) -> None:
    await case_in("accepted")
    set_to(clock, "2026-03-20")
    async with door.client(COUNTY_OFFICER) as client:
        shipped = (await client.get("/warning-rules")).json()["items"]
        (soon,) = (one for one in shipped if (one["metric"], one["level"]) == ("limit", 1))
        assert (await client.post(f"/warning-rules/{soon['id']}/withdraw")).status_code == 200
        own = {name: soon[name] for name in ("metric", "timing", "unit", "level")}
        own |= {"amount": 2, "colour": "orange", "receiver": "department", "source": "county-1"}
        made = await client.post("/warning-rules", json={**own, "effective_on": "2026-03-21"})
        assert made.status_code == 201, made.text
    assert await scan() == []
    set_to(clock, "2026-03-21")
    assert await scan() == [("limit", "orange", "department", "450481", "civil_affairs")]


async def test_three_workers_of_which_one_is_killed_warn_about_every_case_once(
    item: str, person: object, committed: Database, service_database: ServiceDatabase, crypto: Crypto,
    clock: FrozenClock,
) -> None:  # fmt: skip
    """The one is killed inside its transaction: what it had written nobody has seen, and the next scan raises it."""
    many = 60
    await plant(committed, item, VILLAGE, many, at=clock.now(), due=date(2026, 3, 20))
    set_to(clock, "2026-03-23")
    killed = a_worker(service_database.service_url, clock, 10, "hold")
    assert await asyncio.to_thread(says, killed) == "holding"
    duty = a_duty(10)
    workers = [scheduler(committed, crypto, clock, duty) for _ in range(2)]
    assert [await one.fire(duty) for one in workers] == [False, False], "one scans at a time"
    assert not await warned(committed)
    killed.send_signal(signal.SIGKILL)
    await asyncio.to_thread(killed.communicate)
    stop = asyncio.Event()
    running = [asyncio.create_task(one.run(stop)) for one in workers]
    found = await until(committed, 2 * many, seconds=30)
    stop.set()
    await asyncio.gather(*running)
    assert (len(found), set(found.values())) == (2 * many, {1})
    announced = await told(committed)
    assert (len(announced), set(announced.values())) == (2 * many, {1})
    clock.advance(seconds=2 * EVERY.total_seconds())
    await workers[0].fire(duty)
    assert await warned(committed) == found


def test_a_scan_comes_every_ten_minutes() -> None:
    assert timedelta(minutes=10) == EVERY
