"""Duties that happen at a time: once per period, in one transaction, however many workers there are."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessNotes
from shared.db.engine import Database
from shared.messaging.context import PlainContext, UseCaseContext
from shared.messaging.outbox.writer import Outbox
from shared.schedules import Schedule, Scheduler
from shared.testing.clock import FrozenClock
from tests.shared.consuming import CRYPTO, query, until_is

RUNS = "SELECT count(*) FROM effects"


async def a_trace(context: UseCaseContext) -> None:
    await context.session.execute(text("INSERT INTO effects VALUES ('duty', gen_random_uuid(), now())"))


SchedulerOf = Callable[..., Scheduler]


@pytest.fixture
def scheduler_of(kit_database: Database, clock: FrozenClock) -> SchedulerOf:
    def context_of(session: AsyncSession) -> PlainContext:
        outbox = Outbox(session, owner="grid", clock=clock)
        return PlainContext(session=session, clock=clock, outbox=outbox, crypto=CRYPTO, access=AccessNotes(clock))

    return lambda *schedules: Scheduler(kit_database, schedules, context_of)


def every_hour(run: Callable[[UseCaseContext], Awaitable[bool | None]]) -> Schedule:
    return Schedule("duty", timedelta(hours=1), run, retry=timedelta(milliseconds=20))


async def test_it_fires_once_per_period(scheduler_of: SchedulerOf, kit_database: Database, clock: FrozenClock) -> None:
    duty = every_hour(a_trace)
    scheduler = scheduler_of(duty)
    for _ in range(3):
        await scheduler.fire(duty)
    assert await query(kit_database, RUNS) == 1
    clock.advance(minutes=59)
    await scheduler.fire(duty)
    assert await query(kit_database, RUNS) == 1
    clock.advance(minutes=1)
    await scheduler.fire(duty)
    assert await query(kit_database, RUNS) == 2


async def test_of_many_workers_one_fires(scheduler_of: SchedulerOf, kit_database: Database) -> None:
    async def slowly(context: UseCaseContext) -> None:
        await asyncio.sleep(0.05)
        await a_trace(context)

    duty = every_hour(slowly)
    await asyncio.gather(*(scheduler_of(duty).fire(duty) for _ in range(4)))
    assert await query(kit_database, RUNS) == 1


async def test_what_fails_leaves_nothing_and_is_tried_again_while_others_go_on(
    scheduler_of: SchedulerOf, kit_database: Database
) -> None:
    attempts = 0

    async def fails_twice(context: UseCaseContext) -> None:
        nonlocal attempts
        attempts += 1
        await a_trace(context)
        if attempts < 3:
            raise RuntimeError("not yet")

    other = Schedule("other", timedelta(hours=1), a_trace)
    stop = asyncio.Event()
    running = asyncio.create_task(scheduler_of(every_hour(fails_twice), other).run(stop))
    await until_is(lambda: query(kit_database, RUNS), 2)
    stop.set()
    await running
    assert attempts == 3


async def test_a_duty_with_more_to_do_goes_on_in_the_next_transaction(
    scheduler_of: SchedulerOf, kit_database: Database
) -> None:
    left = 3

    async def in_parts(context: UseCaseContext) -> bool:
        nonlocal left
        left -= 1
        await a_trace(context)
        return left > 0

    stop = asyncio.Event()
    running = asyncio.create_task(scheduler_of(every_hour(in_parts)).run(stop))
    await until_is(lambda: query(kit_database, RUNS), 3)
    await asyncio.sleep(0.1)
    stop.set()
    await running
    assert (left, await query(kit_database, RUNS)) == (0, 3)
