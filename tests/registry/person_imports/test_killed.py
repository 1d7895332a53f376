"""A worker that is killed (kill -9) while it registers the people of a list: all is done once, by the next one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from httpx import AsyncClient

from shared.db.engine import Database
from shared.testing.databases import ServiceDatabase
from tests.registry.conftest import Events
from tests.registry.person_imports.conftest import IMPORTS, Lists, figures
from tests.registry.person_imports.lists import a_list
from tests.registry.person_imports.test_importing import rows_of, stock
from tests.registry.person_imports.worker_that_dies import BATCH
from tests.shared.ledgers.sheets.test_killed import Killed, a_worker_that_dies

pytestmark = pytest.mark.xdist_group("person_imports_killed")
ROWS, WRONG = 300, 19


@pytest_asyncio.fixture(loop_scope="session")
async def killed(committed: Database, service_database: ServiceDatabase, tmp_path: Path) -> AsyncIterator[Killed]:
    module = "tests.registry.person_imports.worker_that_dies"
    async with a_worker_that_dies(module, service_database.service_url, tmp_path, committed) as one:
        yield one


async def test_what_a_killed_worker_had_begun_is_done_once(
    lists: Lists, officer: AsyncClient, killed: Killed, committed: Database, events: Events
) -> None:
    made = a_list(ROWS, wrong=WRONG)
    checked = await lists.checked(made.data())
    await officer.post(f"{IMPORTS}/{checked['id']}/commit")
    done, counts = await killed.at(3)
    assert 2 * BATCH <= done < 2 * BATCH + 6
    assert counts["taken"] == done - sum(row < done + 2 for row, *_ in made.wrong)
    await lists.work()
    assert figures(await lists.seen(checked)) == ("done", ROWS - WRONG, WRONG, ROWS - WRONG, 0, 0)
    assert await stock(officer) == (ROWS - WRONG, ROWS // 3)
    assert len(await events("registry.person.registered")) == ROWS - WRONG
    for table in ("persons", "life_events", "imported_persons", "imported_rows"):
        assert await rows_of(committed, table) == ROWS - WRONG, table
