"""Ten thousand open cases, three worker processes, one of them killed while it scans: every warning once, none late."""

import asyncio
import signal
from datetime import date

import pytest

from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from tests.services_hall.case_warnings.planting import a_worker, plant, told, until, warned
from tests.services_hall.case_warnings.test_scan import set_to
from tests.services_hall.conftest import VILLAGE

pytestmark = pytest.mark.large

MANY, BATCH = 10_000, 250


async def test_every_warning_once_and_none_late_by_more_than_a_scan(
    item: str, person: object, committed: Database, service_database: ServiceDatabase, clock: FrozenClock
) -> None:
    """The clock stands: whatever is raised is of the one scan that was due, however many workers it took."""
    await plant(committed, item, VILLAGE, MANY, at=clock.now(), due=date(2026, 3, 20))
    set_to(clock, "2026-03-23")
    workers = [await asyncio.to_thread(a_worker, service_database.service_url, clock, BATCH) for _ in range(3)]
    try:
        begun = sum((await until(committed, 4 * BATCH, seconds=60)).values())
        assert begun < 2 * MANY, "one is killed while there is more to do"
        workers[0].send_signal(signal.SIGKILL)
        found = await until(committed, 2 * MANY, seconds=300)
    finally:
        for worker in workers:
            worker.kill()
            await asyncio.to_thread(worker.communicate)
    assert (len(found), set(found.values())) == (2 * MANY, {1})
    announced = await told(committed)
    assert (len(announced), set(announced.values())) == (2 * MANY, {1})
    assert await warned(committed) == found
