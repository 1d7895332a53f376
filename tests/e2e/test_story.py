"""The whole county: one command starts it, the story ends well again and again, and nothing is left when it stops."""

import asyncio
import contextlib
import importlib
import json
import os
import re
import shutil
import signal
import zipfile
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import Select

from deploy.local.stack.deployment import ROOT, python
from deploy.local.stack.ports import SERVICES
from deploy.local.stack.probe import is_ready
from deploy.local.story.campaign import new_campaign
from deploy.local.story.client import StoryClient
from deploy.local.story.household import Story
from shared.db.engine import Database
from shared.reconciliation.repository import ReconciliationRepository, Sums, held_versions, own_versions
from shared.reconciliation.service import is_counted
from tests.e2e.pages import APPS, LEDGERS, NEEDED, commands_of, execute, link
from tests.e2e.stack import Running

pytestmark = [pytest.mark.county, pytest.mark.embedded, pytest.mark.xdist_group("stack")]


async def tell(county: Running) -> None:
    """The story once, from its first step to its last."""
    client = StoryClient(county.stack.ports)
    try:
        await Story(county.stack, client).run()
    finally:
        await client.close()


async def test_one_line_says_that_the_county_is_ready(county: Running) -> None:
    ports = county.stack.ports
    assert [line for line in county.said if line.startswith("ready:")] == [f"ready: {ports.origin}"]
    assert any(re.search(r"\b3\d{3} residents in 1000 households", line) for line in county.said), county.said
    for service in SERVICES:
        assert await is_ready(ports.api_internal(service))
        assert await is_ready(ports.worker_internal(service))


@pytest.mark.faults
async def test_two_stacks_stand_side_by_side_and_the_story_is_told_again_on_the_same_data(
    county: Running, second: Running
) -> None:
    assert not set(second.stack.ports.all()) & set(county.stack.ports.all())
    await tell(second)
    await tell(second)
    for stack in (county.stack, second.stack):
        assert await is_ready(stack.ports.worker_internal("indicators"))
    assert await second.stop() == 0
    assert await is_ready(county.stack.ports.worker_internal("indicators"))


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's requests are curl's, which is not here")
@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
async def test_the_ten_requests_of_the_readme_succeed_and_leave_no_file(
    county: Running, tmp_path: Path, page: str
) -> None:
    [commands] = re.findall(r"^```sh\n(XL=.*?)^```", (ROOT / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# [0-9]+  ", commands, re.MULTILINE)) == 10
    link(tmp_path)
    said = await execute([commands], county, tmp_path)
    assert '"status":"submitted"' in said, said
    assert '"due_on"' in said, said
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NEEDED)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's requests are curl's, which is not here")
async def test_a_ledger_of_your_own_is_made_as_the_page_says(county: Running, tmp_path: Path) -> None:
    """Every command of the page, with its file, under a code of this test: a retired one is never used again."""
    code = "river_banks"
    link(tmp_path)
    given = tmp_path / "docs" / "ledgers" / f"{code}.xlsx"
    given.parent.mkdir(parents=True)
    given.write_bytes(new_campaign(code).workbook)
    shutil.copy(LEDGERS / "disputes.json", given.parent)
    blocks = [block.replace("river_clearance", code) for block in commands_of(LEDGERS / "README.md")]
    said = await execute(blocks, county, tmp_path)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    told = [answer["values"] for answer in lines if "fresh_through" in answer]
    figures = [{figure["code"].split(".")[-1]: figure for figure in values} for values in told]
    assert [figure["value"] for figure in (figures[0]["found"], figures[0]["cleared"])] == [2, 1], said
    assert [answer["findings"] for answer in lines if "findings" in answer] == [[]], "nothing was left out"
    assert [figures[number]["found"]["value"] for number in (1, 2)] == [1, 2], "one kind; and after it was retired"
    [wrong] = [answer["items"] for answer in lines if "items" in answer and "row" in str(answer["items"])]
    assert [(one["row"], one["column"], one["code"]) for one in wrong] == [(3, "B", "missing")], said
    assert '"status":"revoked"' in said, said
    assert said.index("已登记</message>") < said.index("已收到，此前已登记</message>")
    assert [answer["status"] for answer in lines if "retired_on" in answer] == [
        "published",
        "retired",
        "published",
    ], "the page's own ledger, and one that ships"
    for name in ("template.xlsx", f"{code}.xlsx"):
        assert zipfile.is_zipfile(tmp_path / name)
    assert (tmp_path / "phone.svg").read_text("utf-8").startswith("<svg")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's requests are curl's, which is not here")
async def test_an_app_does_a_days_work_as_the_page_says(county: Running, tmp_path: Path) -> None:
    """Every command of the page: log-in by PKCE, household, birth, list, sync, transfer, a wrong death taken back,
    incident, case, its task, its agent, a table into a ledger, figures and what they are made of.
    """
    link(tmp_path)
    said = await execute(commands_of(APPS / "apps.md"), county, tmp_path)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    figures = [figure for answer in lines if "fresh_through" in answer for figure in answer.get("values", ())]
    assert [figure["value"] for figure in figures if figure["code"] == "grid.pond_clearance.found"] == [2], said
    cases = [answer["status"] for answer in lines if "item_version" in answer]
    tasks = [(answer["post"], answer["assigned_to"] is None) for answer in lines if "waits_since" in answer]
    assert (cases, tasks) == (["received", "accepted"], [("review", False)]), said
    agencies = [(answer["status"], answer["forwarded_to"]) for answer in lines if "forwarded_to" in answer]
    assert agencies == [("accepted", None), ("handling", "450481114")], said
    assert (tmp_path / "receipt.pdf").read_bytes().startswith(b"%PDF")
    assert [answer["status"] for answer in lines if "filed_at" in answer] == ["filed"], said
    found = [answer["items"] for answer in lines if "items" in answer and "row" in str(answer["items"])]
    assert [[(one["row"], one["column"], one["code"]) for one in items] for items in found] == [
        [(4, "D", "number_rounded")],
        [(4, "B", "missing")],
    ], said
    [table] = [answer["areas"] for answer in lines if "last_year" in answer]
    against = [one["against"] for one in table[1]["values"][0]["compared"]]
    assert (len(table), against) == (2, ["previous", "parent"]), said
    [ranked] = [answer["areas"] for answer in lines if "quartiles" in answer]
    assert ranked[0]["rank"] == 1, said
    [opened] = [answer for answer in lines if "formulas" in answer]
    parts = [child["figure"]["value"] for child in [*opened["children"], {"figure": opened["own"]}]]
    assert sum(parts) == opened["figure"]["value"], said
    [transfer] = [answer["status"] for answer in lines if "household" in answer and "due_on" in answer]
    told_dead = [answer["status"] for answer in lines if "document_number" in answer]
    assert (transfer, told_dead) == ("confirmed", ["deceased", "active"]), said
    [synced] = [answer for answer in lines if "left" in answer]
    assert (synced["anew"], synced["items"], [one["status"] for one in synced["left"]]) == (False, [], [None, None])
    assert said.count("event: end") == 4, said
    for told in ("示例丁", "示例戊", "示例己", "450481198805060028", "450481195502030039", "450481195708090045"):
        assert told not in said


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's requests are curl's, which is not here")
async def test_a_residents_app_calls_what_its_page_says(county: Running, tmp_path: Path) -> None:
    """Every command of the page: bound by number and code, read, copied, corrected, consented, reported with a login
    and without one, rated, ended.
    """
    link(tmp_path)
    said = await execute(commands_of(APPS / "residents.md"), county, tmp_path)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [one["code"] for one in lines if "request_id" in one] == [
        *("account_not_bound", "erasure_kept_by_law", "account_not_bound"),
    ], said
    assert [one["status"] for one in lines if "tried_at" in one] == ["failed", "bound", "bound", "ended"], said
    assert re.search(r"^HTTP/1.1 304", said, re.MULTILINE), said
    [looks] = [one["items"] for one in lines if "items" in one and "detail" in str(one["items"])]
    assert ("resident", "self", "full") in {(one["role"], one["purpose"], one["detail"]) for one in looks}
    corrected = [(one["status"], one["fields"]) for one in lines if "next_step" in one]
    assert corrected == [("carried_out", ["phone"]), ("withdrawn", ["address"])], said
    assert [one["status"] for one in lines if "giver" in one] == ["withdrawn"], said
    assert [one["incident"]["status"] for one in lines if "incident" in one] == ["reported"], said
    assert [one["status"] for one in lines if "incident_status" in one] == ["held", "filed"], said
    assert [one["status"] for one in lines if "rated_on" in one] == ["valid", "withdrawn"], said
    for told in ("示例辛", "450481197504090069", "河边有人倾倒垃圾"):
        assert told not in said


@pytest.mark.parametrize(
    ("folder", "page", "blocks"), [(APPS, "apps", 19), (APPS, "residents", 10), (LEDGERS, "README", 12)]
)
def test_a_page_says_the_same_commands_in_both_languages(folder: Path, page: str, blocks: int) -> None:
    english, chinese = (commands_of(folder / f"{page}{language}.md") for language in ("", ".zh-CN"))
    assert len(english) == blocks
    assert english == chinese


async def test_the_start_page_names_every_service(county: Running) -> None:
    async with httpx.AsyncClient(base_url=county.stack.ports.origin, timeout=30, trust_env=False) as client:
        page = (await client.get("/")).text
        for path in ("registry", "services-hall", "grid", "indicators"):
            assert f"/docs/api/{path}/" in page
            assert (await client.get(f"/{path}/openapi.json")).status_code == 200
            assert (await client.get(f"/{path}/docs")).status_code == 200
            assert (await client.get(f"/docs/api/{path}/")).status_code == 200
        links = set(re.findall(r"""href=["']([^"'#]+)["']""", page))
        assert len(links) > 20
        for link in links:
            answer = await client.get(link, follow_redirects=True)
            assert answer.status_code == 200, (link, answer.status_code)
        refused = await client.get("/registry/v1/areas")
        assert refused.status_code == 401
        assert refused.json()["code"] == "unauthenticated"


async def test_the_story_ends_well(county: Running) -> None:
    """On data that other tests have left."""
    await tell(county)


async def test_what_a_service_holds_of_others_is_what_they_hold(county: Running) -> None:
    """After all of the story: by the sums that owners announce, of every noun, those of ledgers too."""
    specs = [importlib.import_module(f"services.{name}.features") for name in SERVICES]
    owners = {noun: (one.SPEC.name, ids) for one in specs for noun, ids in one.SPEC.aggregates.items()}
    pairs = [(one.SPEC.name, route.noun) for one in specs for route in one.ROUTES if is_counted(route.noun)]
    async with contextlib.AsyncExitStack() as stack:
        databases = {
            name: Database(county.stack.postgres.urls_of(name).service_url, pool=1, application="test")
            for name in SERVICES
        }
        for database in databases.values():
            stack.push_async_callback(database.close)

        async def sums(service: str, versions: Select[Any]) -> Sums:
            async with databases[service].session() as session:
                return await ReconciliationRepository(session).sums(versions)

        counted = {}
        for reader, noun in pairs:
            owner, ids = owners[noun]
            async with asyncio.timeout(30):
                while (there := await sums(owner, own_versions(ids))) != await sums(reader, held_versions(noun)):
                    await asyncio.sleep(0.5)
            counted[noun] = sum(there.counts)
    assert {noun for noun, count in counted.items() if count} >= {
        *("registry.person", "registry.household", "registry.posting", "registry.tag", "registry.calendar"),
        *("services_hall.case", "grid.incident", "grid.grid", "grid.ledger", "grid.record"),
    }


async def test_a_second_stack_on_the_same_port_is_refused_in_one_sentence(county: Running, tmp_path: Path) -> None:
    second = county.stack.own_program("launcher")
    environment = second.environment | {"LOCAL": str(tmp_path / "other")}
    process = await asyncio.create_subprocess_exec(
        python(), *second.arguments, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said = (await process.communicate())[0].decode()
    assert process.returncode != 0
    assert f"port {county.stack.ports.base}" in said
    assert "Traceback" not in said


@pytest.mark.chaos
async def test_a_database_server_that_crashes_is_started_again(county: Running) -> None:
    postgres = county.stack.postgres
    crashed = postgres.pid()
    assert crashed is not None
    os.kill(crashed, signal.SIGQUIT)
    async with asyncio.timeout(60):
        while postgres.pid() in (None, crashed):
            await asyncio.sleep(0.1)
        for service in SERVICES:
            while not await is_ready(county.stack.ports.api_internal(service)):
                await asyncio.sleep(0.1)


@pytest.mark.chaos
@pytest.mark.faults
async def test_the_story_ends_well_while_each_process_in_turn_is_killed(county: Running) -> None:
    """kill -9 of each of the eight, one after the other, while the story is told over and over."""
    ports = county.stack.ports
    killed: list[str] = []

    async def kill_all() -> None:
        for service in SERVICES:
            for role in ("api", "worker"):
                county.service_process(service, role).kill()
                killed.append(f"{service} {role}")
                port = ports.api_internal(service) if role == "api" else ports.worker_internal(service)
                async with asyncio.timeout(90):
                    while await is_ready(port):
                        await asyncio.sleep(0.05)
                    while not await is_ready(port):
                        await asyncio.sleep(0.2)

    killing = asyncio.create_task(kill_all())
    told = 0
    try:
        while not killing.done():
            await tell(county)
            told += 1
        await killing
    finally:
        killing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await killing
    assert len(killed) == 8
    assert told >= 1


async def test_ctrl_c_leaves_no_process(county: Running) -> None:
    before = county.processes()
    assert len(before) >= 12
    assert await county.stop() == 0
    assert [process for process in before if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []
    assert [process for process in psutil.process_iter() if str(county.stack.folder.path) in _command(process)] == []


@pytest.mark.faults
async def test_a_restart_tells_the_story_again(county: Running) -> None:
    assert await county.stop() == 0
    county.said.clear()
    await county.start()
    await tell(county)


def _command(process: psutil.Process) -> str:
    if process.pid == os.getpid():
        return ""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
