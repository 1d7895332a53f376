"""Long lists of residents: 5,000 rows of a county with errors of every kind, 100,000 and 1,000,000 where there is time.

Acceptance 1 of the registry's issue without its processes and its bus, which `tests/large/test_county_list.py` has.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import psutil
import pytest
from httpx import AsyncClient
from sqlalchemy import text

from services.indicators.features import ROUTES
from shared.contracts.envelope import FACTS
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals
from shared.testing.plugin import DatabaseOf
from tests.registry.builders import COUNTY, FAR, FARTHER, SISTER, VILLAGE
from tests.registry.conftest import Client
from tests.registry.person_imports.conftest import IMPORTS, Lists, Work, figures
from tests.registry.person_imports.lists import Listing, a_list
from tests.registry.person_imports.test_importing import stock
from tests.registry.steps import REGISTRAR, given

MANY = int(os.environ.get("ROWS", "1000000"))
FACTS_OF = text(
    "SELECT type, schema_version, payload FROM outbox"
    " WHERE noun IN ('registry.person', 'registry.household', 'registry.posting') ORDER BY id"
)
FIGURES = text(
    "SELECT area, measure, sum(amount) FROM deltas WHERE slot = 0 AND dimension = ''"
    " AND measure IN ('POP-RES', 'POP-REG', 'HOUSEHOLDS') GROUP BY area, measure HAVING sum(amount) <> 0"
)


@contextlib.contextmanager
def growth() -> Iterator[Callable[[], int]]:
    """By how many bytes this process has grown at most, looked at ten times a second."""
    process, over = psutil.Process(), threading.Event()
    before, most = process.memory_info().rss, [0]

    def look() -> None:
        while not over.wait(0.1):
            most[0] = max(most[0], process.memory_info().rss - before)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield lambda: most[0]
    finally:
        over.set()
        looking.join()


def counted(made: Listing) -> dict[tuple[str, str], int]:
    """What figures must say of the rows that are right, by area and measure: of villages and all that is above them."""
    wrong = {row for row, *_ in made.wrong}
    found = Counter[tuple[str, str]]()
    for number, row in enumerate(made.rows, 2):
        if number in wrong:
            continue
        for digits in (4, 6, 9, 12):
            found[row["residence"][:digits], "POP-RES"] += 1
            found[row["registration"][:digits], "POP-REG"] += 1
            if row["relation"] == "户主":
                found[row["registration"][:digits], "HOUSEHOLDS"] += 1
    return dict(found)


async def figured(registry: Database, indicators: ServiceDatabase, clock: FrozenClock, crypto: Crypto) -> Any:
    """The figures of what registry has announced."""
    async with registry.session() as session:
        rows = (await session.execute(FACTS_OF)).all()
    states = [FACTS[row.type, row.schema_version].model_validate_json(row.payload).state for row in rows]
    arrivals = Arrivals(indicators.database, ROUTES, owner="indicators", clock=clock, crypto=crypto)
    for begin in range(0, len(states), 5_000):
        await arrivals.take(*states[begin : begin + 5_000])
    async with indicators.database.session() as session:
        return {(area, measure): int(amount) for area, measure, amount in await session.execute(FIGURES)}


@pytest.mark.parametrize("rows", [4_998, pytest.param(99_999, marks=pytest.mark.large)])
async def test_of_a_countys_list_exactly_the_wrong_rows_are_told_and_figures_count_the_others(
    client_of: Client,
    county: None,
    do_work: Work,
    committed: Database,
    committed_of: DatabaseOf,
    clock: FrozenClock,
    crypto: Crypto,
    record_property: Callable[[str, object], None],
    rows: int,
) -> None:
    """3 % of every kind of error; delivered once more it changes nothing."""
    registrar = client_of(*REGISTRAR, subject="importer")
    lists = Lists(registrar, do_work)
    made = a_list(rows, wrong=rows * 3 // 100, villages=(VILLAGE, SISTER, FAR, FARTHER))
    data, right = made.data(), rows - len(made.wrong)
    with growth() as grown:
        begun = perf_counter()
        checked = await lists.checked(data, COUNTY)
        judged = perf_counter()
        done = figures(await lists.committed(checked))
        taken = perf_counter()
    record_property("rows a second", f"checked {rows / (judged - begun):.0f}, taken {right / (taken - judged):.0f}")
    record_property("grown", f"{grown() >> 20} MiB")
    assert sorted(await lists.findings(checked)) == sorted(made.wrong)
    assert done == ("done", right, len(made.wrong), right, 0, 0)
    assert await stock(registrar, COUNTY) == (right, rows // 3)
    told = await figured(committed, await committed_of("indicators"), clock, crypto)
    assert told == counted(made)
    again = await lists.checked(data, COUNTY)
    assert figures(again)[1:] == (0, len(made.wrong), 0, right, 0)
    refused = await registrar.post(f"{IMPORTS}/{again['id']}/commit")
    assert refused.json()["code"] == "nothing_to_import"
    assert grown() < 128 << 20


async def table(rows: int) -> AsyncIterator[bytes]:
    """A list that is never whole in memory."""
    first = True
    for begin in range(0, rows // 3, 1_000):
        some = a_list(3 * min(1_000, rows // 3 - begin), wrong=0, first=begin).data()
        yield some if first else some.split(b"\n", 1)[1]
        first = False


@pytest.mark.large
async def test_a_worker_that_imports_a_million_rows_hardly_grows(
    lists: Lists,
    officer: AsyncClient,
    service_database: ServiceDatabase,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """In a process of its own, as workers are. `ROWS`: fewer, for a look."""
    rows = MANY - MANY % 3
    file = given(await officer.post("/registry/v1/files", content=table(rows)), 201)["id"]
    made = given(await officer.post(IMPORTS, json={"file": file, "area": VILLAGE}), 201)
    module = "tests.registry.person_imports.worker_measured"
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, service_database.service_url, str(tmp_path),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        for step, wanted in (("check", "checked"), ("commit", "done")):
            begun = perf_counter()
            worker.stdin.write(b"go on\n")
            grown = float(await worker.stdout.readline())
            seen = await lists.seen(made)
            record_property(step, f"{rows / (perf_counter() - begun):.0f} rows a second, grown by {grown:.0f} MiB")
            assert (seen["status"], seen["right"]) == (wanted, rows)
            assert grown <= 128
            if wanted == "checked":
                given(await officer.post(f"{IMPORTS}/{made['id']}/commit"))
        assert seen["taken"] == rows
    finally:
        worker.stdin.close()
        await worker.wait()
    assert await stock(officer) == (rows, rows // 3)
