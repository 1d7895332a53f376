"""100,000 residents of 岑溪 over HTTP on a real Kafka, 3 % of them wrong; the worker is killed while it takes them in.

Exactly the planted rows are told, figures equal the accepted ones in every village, a second delivery changes nothing.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.kafka.server import KafkaServer, Ports
from deploy.local.county.divisions import villages
from deploy.local.story.client import StoryClient, Who
from shared.testing.broker import free_port
from tests.e2e.stack import Running, running
from tests.registry.person_imports.lists import a_list

pytestmark = [pytest.mark.large, pytest.mark.xdist_group("stack")]

ROWS = int(os.environ.get("ROWS", "100000")) // 3 * 3
WRONG = ROWS * 3 // 100
COUNTY = "450481"
REGISTRAR, OFFICER = Who("county_registrar", COUNTY), Who("county_officer", COUNTY)
IMPORTS = "/registry/v1/person-imports"
CODES = ("POP-RES", "POP-REG", "HOUSEHOLDS", "LEDGER-RES", "LEDGER-REG")
HOURS = 2 * 3600.0


async def until(client: StoryClient, path: str, holds: Callable[[Any], bool]) -> Any:
    """What is there, once that holds: imports of this size take long."""
    async with asyncio.timeout(HOURS):
        while not holds(found := await client.get(REGISTRAR, path)):
            await asyncio.sleep(1)
    return found


async def begun(client: StoryClient, data: bytes) -> str:
    """The path of an import whose check is over."""
    file = (await client.post(REGISTRAR, "/registry/v1/files", data, 201)).json()["id"]
    made = (await client.post(REGISTRAR, IMPORTS, {"file": file, "area": COUNTY}, 201)).json()
    path = f"{IMPORTS}/{made['id']}"
    await until(client, path, lambda one: one["status"] != "checking")
    return path


async def findings(client: StoryClient, path: str) -> list[tuple[int, str, str]]:
    """All that is told, page by page."""
    found: list[tuple[int, str, str]] = []
    cursor: str | None = None
    while True:
        page = await client.get(REGISTRAR, f"{path}/findings", {"limit": 200, "cursor": cursor})
        found += [(one["row"], one["column"], one["code"]) for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def figures(client: StoryClient, area: str) -> dict[str, dict[str, int]]:
    """The figures of an area's children, and of itself under its own code."""
    query = {"area": area, "code": list(CODES), "breakdown": "children"}
    answer = await client.get(OFFICER, "/indicators/v1/values", query)
    shown = [(area, answer["values"]), *((one["area"], one["values"]) for one in answer["children"])]
    return {code: {one["code"]: one["value"] for one in values} for code, values in shown}


async def by_village(client: StoryClient) -> dict[str, dict[str, int]]:
    towns = sorted({code[:9] for code, _ in villages()})
    found = {COUNTY: (await figures(client, COUNTY))[COUNTY]}
    for town in towns:
        found |= await figures(client, town)
    return found


def _is_past(share: int, one: Any) -> bool:
    return bool(one["done"] >= share or one["job_status"] == "done")


async def killed_in_the_middle(county: Running, client: StoryClient, path: str) -> None:
    """kill -9 of registry's worker, twice, while rows are taken in."""
    for share in (ROWS // 10, ROWS // 2):
        done = await until(client, path, partial(_is_past, share))
        assert done["job_status"] != "done", "it was over before it could be killed"
        county.service_process("registry", "worker").kill()
        await asyncio.sleep(2)


async def test_a_countys_list_is_taken_in_once_whoever_is_killed_meanwhile(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Acceptances 1 and 2 of the registry's issue."""
    made = a_list(ROWS, wrong=WRONG, first=200_000, villages=[code for code, _ in villages()])
    wrong_rows = {row for row, *_ in made.wrong}
    right = [row for number, row in enumerate(made.rows, 2) if number not in wrong_rows]
    people = Counter(row["residence"] for row in right)
    homes = Counter(row["residence"] for row in right if row["relation"] == "户主")
    kafka = KafkaServer(tmp_path / "kafka", Ports(client=free_port(), controller=free_port()))
    kafka.start()
    try:
        with tempfile.TemporaryDirectory(prefix="xiangli-large-", ignore_cleanup_errors=True) as folder:
            async with running(Path(folder), kafka=kafka.ports.bootstrap) as county:
                client = StoryClient(county.stack.ports)
                try:
                    await _taken_in(county, client, made.data(), sorted(made.wrong), (people, homes))
                finally:
                    await client.close()
                assert await county.stop() == 0
    finally:
        kafka.kill()
    record_property("rows", ROWS)


async def _taken_in(
    county: Running,
    client: StoryClient,
    data: bytes,
    wrong: list[tuple[int, str, str]],
    expected: tuple[Counter[str], Counter[str]],
) -> None:
    right = expected[0].total()
    before = await by_village(client)
    path = await begun(client, data)
    checked = await client.get(REGISTRAR, path)
    assert (checked["status"], checked["right"], checked["wrong"]) == ("checked", right, ROWS - right)
    assert sorted(await findings(client, path)) == wrong
    await client.post(REGISTRAR, f"{path}/commit", None)
    await killed_in_the_middle(county, client, path)
    done = await until(client, path, lambda one: one["status"] == "done")
    assert (done["taken"], done["unchanged"], done["refused"]) == (right, 0, 0)
    async with asyncio.timeout(1800):
        while (now := await by_village(client)) != _after(before, *expected):
            assert now[COUNTY]["POP-RES"] <= before[COUNTY]["POP-RES"] + right
            await asyncio.sleep(2)
    again = await begun(client, data)
    second = await client.get(REGISTRAR, again)
    assert (second["right"], second["wrong"], second["unchanged"]) == (0, ROWS - right, right)
    refused = await client.post(REGISTRAR, f"{again}/commit", None, 409)
    assert refused.json()["code"] == "nothing_to_import"
    assert await by_village(client) == now


def _after(
    before: dict[str, dict[str, int]], people: Counter[str], households: Counter[str]
) -> dict[str, dict[str, int]]:
    after = {}
    for area, figures_before in before.items():
        came = sum(count for village, count in people.items() if village.startswith(area))
        homes = sum(count for village, count in households.items() if village.startswith(area))
        after[area] = {
            code: value + (homes if code == "HOUSEHOLDS" else came) for code, value in figures_before.items()
        }
    return after
