"""Limits of records: by working days of the county's calendar, paused, extended, warned of once, computed again."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from shared.auth.access_log import AccessNotes
from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ledgers.records.wiring import LedgerParts, record_use_cases
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from shared.workdays import Pause, WorkingCalendar
from shared.worktime import ClockUnit, end_of_limit, shifted
from tests.grid.builders import CLERK, TOWN_OFFICER, WORKER, calendars
from tests.shared.ledgers.records.conftest import RECORDS, Facts, Send, code_of

Opened = Callable[..., Awaitable[dict[str, Any]]]
CALENDAR = WorkingCalendar(calendars())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MONDAY = at("2026-03-16T10:00:00")


@pytest.mark.parametrize(
    ("unit", "amount", "pauses", "end"),
    [
        (ClockUnit.WORK_DAY, 5, [], "2026-03-23T23:59:59"),
        (ClockUnit.WORK_DAY, 5, [("2026-03-17T09:00:00", "2026-03-19T09:00:00")], "2026-03-25T23:59:59"),
        (ClockUnit.WORK_DAY, 5, [("2026-03-17T09:00:00", "2026-03-17T17:00:00")], "2026-03-23T23:59:59"),
        (ClockUnit.WORK_DAY, 5, [("2026-03-17T09:00:00", None)], None),
        (ClockUnit.WORK_DAY, 5, [("2026-03-25T09:00:00", None)], "2026-03-23T23:59:59"),
        (ClockUnit.DAY, 30, [], "2026-04-15T23:59:59"),
        (ClockUnit.DAY, 0, [], "2026-03-16T23:59:59"),
        (ClockUnit.DAY, 3, [("2026-03-17T09:00:00", "2026-03-19T09:00:00")], "2026-03-21T23:59:59"),
        (ClockUnit.DAY, 3, [("2026-03-18T09:00:00", None)], None),
        (ClockUnit.HOUR, 24, [], "2026-03-17T10:00:00"),
        (ClockUnit.HOUR, 24, [("2026-03-16T12:00:00", "2026-03-16T15:30:00")], "2026-03-17T13:30:00"),
        (ClockUnit.HOUR, 24, [("2026-03-17T12:00:00", None)], "2026-03-17T10:00:00"),
        (ClockUnit.HOUR, 24, [("2026-03-16T12:00:00", None)], None),
        (ClockUnit.WORK_HOUR, 4, [], "2026-03-16T16:00:00"),
        (ClockUnit.WORK_HOUR, 2, [], "2026-03-16T12:00:00"),
        (ClockUnit.WORK_HOUR, 8, [], "2026-03-17T10:00:00"),
        (ClockUnit.WORK_HOUR, 4, [("2026-03-16T11:00:00", "2026-03-16T15:00:00")], "2026-03-16T18:00:00"),
        (ClockUnit.WORK_HOUR, 4, [("2026-03-16T11:00:00", None)], None),
    ],
)  # fmt: skip
def test_a_limit_ends_when_its_amount_is_over_and_pauses_do_not_count(
    unit: ClockUnit, amount: int, pauses: list[tuple[str, str | None]], end: str | None
) -> None:
    spans = [Pause(at(start), None if stop is None else at(stop)) for start, stop in pauses]
    found = end_of_limit(MONDAY, amount, unit, spans, CALENDAR)
    assert (None if found is None else found[0]) == (None if end is None else at(end))


def test_a_limit_through_the_spring_festival_counts_the_days_that_are_worked() -> None:
    """15 to 23 February 2026 are off by the notice; 14 and 28 February are worked."""
    started = at("2026-02-13T09:00:00")
    found = end_of_limit(started, 3, ClockUnit.WORK_DAY, (), CALENDAR)
    assert found == (at("2026-02-25T23:59:59"), False)


def test_what_rests_on_a_year_without_a_notice_is_provisional() -> None:
    found = end_of_limit(at("2031-03-03T09:00:00"), 1, ClockUnit.WORK_DAY, (), CALENDAR)
    assert found is not None
    assert found[1]


@pytest.mark.parametrize(
    ("unit", "amount", "before", "expected"),
    [
        (ClockUnit.WORK_DAY, 2, True, "2026-03-19T00:00:00"),
        (ClockUnit.DAY, 2, True, "2026-03-21T00:00:00"),
        (ClockUnit.WORK_DAY, 1, False, "2026-03-24T23:59:59"),
        (ClockUnit.HOUR, 2, True, "2026-03-23T21:59:59"),
        (ClockUnit.WORK_HOUR, 6, True, "2026-03-23T10:00:00"),
        (ClockUnit.WORK_DAY, 0, False, "2026-03-23T23:59:59"),
    ],
)
def test_a_warning_stands_so_much_before_the_end_or_after_it(
    unit: ClockUnit, amount: int, before: bool, expected: str
) -> None:
    assert shifted(at("2026-03-23T23:59:59"), amount, unit, CALENDAR, before=before) == at(expected)


@pytest.fixture
def warn(committed: Database, clock: FrozenClock, crypto: Crypto, parts: LedgerParts) -> Callable[[], Awaitable[None]]:
    """The schedule's duty, once."""

    async def run() -> None:
        async with committed.session() as session:
            context = PlainContext(
                session, clock, Outbox(session, owner="grid", clock=clock), crypto, AccessNotes(clock)
            )
            while await record_use_cases(context, parts).deadlines.warn():
                pass
            await session.commit()

    return run


@pytest.fixture
async def mediating(opened: Opened, send: Send) -> str:
    """A record whose limit of five working days began on Monday, 16 March 2026."""
    record: str = (await opened())["id"]
    answer = await send(WORKER, "post", f"{RECORDS}/{record}/steps/mediate", {})
    assert answer.status_code == 200, answer.text
    return record


async def due(send: Send, record: str) -> str | None:
    answer = (await send(CLERK, "get", f"{RECORDS}/{record}")).json()
    (limit,) = answer["limits"]
    assert answer["due_at"] == (None if limit["ended_at"] else limit["due_at"])
    found: str | None = limit["due_at"]
    return found


async def test_a_limit_begins_with_its_status_pauses_in_another_and_ends(
    send: Send, mediating: str, clock: FrozenClock
) -> None:
    path = f"{RECORDS}/{mediating}"
    assert await due(send, mediating) == "2026-03-23T23:59:59+08:00"
    clock.advance(days=1)
    await send(CLERK, "post", f"{path}/steps/suspend", {})
    assert await due(send, mediating) is None
    clock.advance(days=2)
    await send(CLERK, "post", f"{path}/steps/resume", {})
    assert await due(send, mediating) == "2026-03-25T23:59:59+08:00"
    closing = {"values": {"outcome": "refused"}}
    assert (await send(TOWN_OFFICER, "post", f"{path}/steps/close", closing)).status_code == 200
    shown = (await send(CLERK, "get", path)).json()
    assert (shown["due_at"], shown["limits"][0]["due_at"]) == (None, "2026-03-25T23:59:59+08:00")


async def test_overdue_is_what_lists_and_counts_say_of_it(send: Send, mediating: str, clock: FrozenClock) -> None:
    async def found(overdue: bool) -> int:
        listed = (await send(CLERK, "get", RECORDS, params={"overdue": overdue})).json()["items"]
        counted = (await send(CLERK, "get", f"{RECORDS}/count", params={"overdue": overdue})).json()["total"]
        assert len(listed) == counted
        return len(listed)

    clock.set(datetime.combine(date(2026, 3, 23), time(23, 59, 59), SHANGHAI).astimezone(UTC))
    assert (await found(True), await found(False)) == (0, 1)
    clock.advance(seconds=1)
    assert (await found(True), await found(False)) == (1, 0)
    assert (await send(CLERK, "get", f"{RECORDS}/count")).json()["overdue"] == 1


async def test_a_limit_is_extended_as_often_as_the_definition_lets_it_before_it_ends(
    send: Send, mediating: str, clock: FrozenClock, facts: Facts
) -> None:
    path, body = f"{RECORDS}/{mediating}/extend", {"limit": "mediation", "reason": "当事人外出"}
    assert code_of(await send(WORKER, "post", path, body)) == (403, "forbidden")
    assert code_of(await send(CLERK, "post", path, {**body, "limit": "other"})) == (409, "record_limit_not_extensible")
    assert (await send(CLERK, "post", path, body)).status_code == 200
    assert await due(send, mediating) == "2026-03-26T23:59:59+08:00"
    assert (await facts(mediating))[-1].type == "grid.record.extended"
    assert code_of(await send(CLERK, "post", path, body)) == (409, "record_limit_not_extensible")


async def test_what_is_over_is_not_extended(send: Send, mediating: str, clock: FrozenClock) -> None:
    clock.advance(days=9)
    body = {"limit": "mediation", "reason": "当事人外出"}
    assert code_of(await send(CLERK, "post", f"{RECORDS}/{mediating}/extend", body)) == (409, "record_limit_over")


async def test_each_warning_is_fired_once(
    send: Send, mediating: str, clock: FrozenClock, warn: Callable[[], Awaitable[None]], facts: Facts
) -> None:
    async def fired() -> list[list[tuple[str, str]]]:
        told = [fact for fact in await facts(mediating) if fact.type == "grid.record.warned"]
        return [[(one.limit, one.warning) for one in fact.alerts] for fact in told]  # type: ignore[attr-defined]

    await warn()
    assert await fired() == []
    clock.set(at("2026-03-19T00:00:00").astimezone(UTC))
    await warn()
    await warn()
    assert await fired() == [[("mediation", "soon")]]
    clock.set(at("2026-03-23T23:59:59").astimezone(UTC))
    await warn()
    assert len(await fired()) == 1
    clock.advance(days=1)
    await warn()
    await warn()
    assert await fired() == [[("mediation", "soon")], [("mediation", "over")]]
    shown = (await send(CLERK, "get", f"{RECORDS}/{mediating}")).json()
    assert shown["limits"][0]["warnings"] == ["soon", "over"]
    lines = (await send(CLERK, "get", f"{RECORDS}/{mediating}/history")).json()["items"]
    assert [(one["step"], one["actor"]) for one in lines[2:]] == [("warn", "clock")] * 2


async def test_a_calendar_that_arrives_moves_running_limits_and_no_ended_ones(
    send: Send, mediating: str, opened: Opened, arrivals: Arrivals, facts: Facts
) -> None:
    ended = (await opened())["id"]
    for who, verb, values in ((WORKER, "mediate", {}), (TOWN_OFFICER, "close", {"outcome": "refused"})):
        body = {"values": values}
        assert (await send(who, "post", f"{RECORDS}/{ended}/steps/{verb}", body)).status_code == 200
    (known,) = (one for one in calendars() if one.year == 2026)
    days_off = (*known.holidays, date(2026, 3, 20))
    await arrivals.take(CalendarState(**{**known.model_dump(), "version": 2, "holidays": days_off}))
    assert await due(send, mediating) == "2026-03-24T23:59:59+08:00"
    assert (await facts(mediating))[-1].type == "grid.record.rescheduled"
    assert (await facts(ended))[-1].type == "grid.record.stepped"
