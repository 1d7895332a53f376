"""The page of forms in a real Chromium: filled in with a network and without one, each record answered for itself."""

import json
import os
import re
import shutil
import struct
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from deploy.local.stack.deployment import ROOT
from deploy.local.story.campaign import SECOND_OFFICER
from deploy.local.story.client import StoryClient, Who
from deploy.local.story.state import OFFICER
from deploy.local.tokens import token
from shared.clock import SystemClock, today
from shared.ids import new_id
from shared.ledgers.forms.drawing.form import draw
from tests.clients.node import run, workspace
from tests.e2e.stack import Running, running
from tests.shared.ledgers.forms.ledgers import EVERYTHING, LISTS, definition_in, shipped

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.xdist_group("stack")]

HERE = Path(__file__).parent
PARTS = ("package.json", "package-lock.json", ".npmrc", "browser.mjs", "walk.mjs")
VILLAGE, AWAY = "450481114201", "450481114202"
WORKER = Who("grid_worker", VILLAGE)
RECORDS = "/grid/v1/ledgers/disputes/records"
CHECKS = "/grid/v1/ledgers/site_checks/records"
QUESTIONS = re.compile(r"<(?:input|select1|select|upload|trigger) ")

Walk = Callable[..., Mapping[str, Any]]


@pytest.fixture(scope="module")
def program() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert found is not None, "Chromium is missing: install the Debian packages chromium and fonts-noto-cjk"
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county() -> AsyncIterator[Running]:
    """A county in which two people have put the ledgers of disputes and of looks on the spot into force."""
    with tempfile.TemporaryDirectory(prefix="xiangli-browser-", ignore_cleanup_errors=True) as made:
        async with running(Path(made)) as stack:
            client = StoryClient(stack.stack.ports)
            for path in (ROOT / "services/grid/ledgers/disputes.yaml", HERE / "site_checks.yaml"):
                definition = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
                drafted = json.loads(json.dumps({"definition": definition}, default=str))
                await client.post(OFFICER, "/grid/v1/ledger-drafts", drafted, 201)
                published = f"/grid/v1/ledger-drafts/{path.stem}/publish"
                await client.post(SECOND_OFFICER, published, None, headers={"If-Match": "*"})
            await client.close()
            yield stack


@pytest.fixture
def walk(county: Running, program: str, tmp_path: Path) -> Walk:
    """What was seen on a walk through the page; no walk may leave a fault in the browser's console."""
    folder = workspace(HERE, PARTS, "browser")

    def seen(name: str, **given: Any) -> Mapping[str, Any]:
        told = {
            "home": f"{county.stack.ports.origin}/grid/v1/forms/", "day": str(today(SystemClock())),
            "role": WORKER.role, "area": VILLAGE, "away": AWAY, "picture": str(tmp_path / "form.png"), **given,
        }  # fmt: skip
        (tmp_path / "given.json").write_text(json.dumps(told), encoding="utf-8")
        said = run(folder, "node", "walk.mjs", name, str(tmp_path / "given.json"), timeout=240, CHROMIUM=program)
        facts: Mapping[str, Any] = json.loads(said.strip().rpartition("\n")[2])
        assert facts["faults"] == [], facts["faults"]
        return facts

    return seen


async def records_about(county: Running, *matters: str) -> list[Mapping[str, Any]]:
    """The village's disputes with these matters, in full, as who mediates them reads them."""
    client = StoryClient(county.stack.ports)
    clerk = Who("village_clerk", VILLAGE)
    try:
        listed = (await client.get(clerk, RECORDS, {"limit": 200}))["items"]
        query = {"view": "full", "purpose": "case_handling"}
        whole = [await client.get(clerk, f"{RECORDS}/{one['id']}", query) for one in listed]
    finally:
        await client.close()
    return [one for one in whole if one["values"]["matter"] in matters]


def matters(number: int) -> list[str]:
    """Texts that stand nowhere else."""
    return [f"排水沟走向争议{new_id().hex[-8:]}" for _ in range(number)]


async def test_forms_filled_in_with_a_network_and_without_one_arrive_once(county: Running, walk: Walk) -> None:
    told = matters(2)
    seen = walk("offline", matters=told)
    assert set(seen["empty"]) == {"必填"}
    assert len(seen["empty"]) == 6, "area, kind, day, matter, two names; the risk has a default"
    assert seen["tomorrow"] == ["不晚于今天"]
    assert seen["first"] == ["已登记"]
    assert seen["second"] == ["已登记", "待发送"]
    assert seen["third"] == ["已登记"] * 2
    for secret in (*told, "示例甲", "password", "disputes"):
        assert secret not in seen["kept"], "what the browser keeps can be read"
    first, second = sorted(await records_about(county, *told), key=lambda one: told.index(one["values"]["matter"]))
    assert (first["area"], first["values"]["kind"], first["values"]["risk"]) == (VILLAGE, "land", "yellow")
    assert first["values"]["found_on"] == str(today(SystemClock()))
    assert first["values"]["place"] == {"longitude": 111.0012, "latitude": 22.9181}
    assert [party["name"] for party in second["values"]["parties"]] == ["示例甲", "示例乙"]


async def test_what_is_sent_three_times_arrives_once(county: Running, walk: Walk) -> None:
    told = matters(1)
    seen = walk("lost", matters=told)
    assert seen["sent"] >= 3
    assert seen["told"] == ["已登记：已收到，此前已登记"]
    assert len(await records_about(county, *told)) == 1


async def looked_at(county: Running, subject: str) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
    """The village's one look on the spot of this subject, and its files by the field or column that names them."""
    client = StoryClient(county.stack.ports)
    clerk, why = Who("village_clerk", VILLAGE), {"purpose": "case_handling"}
    try:
        listed = (await client.get(clerk, CHECKS, {"limit": 200}))["items"]
        whole = [await client.get(clerk, f"{CHECKS}/{one['id']}", {"view": "full", **why}) for one in listed]
        [record] = [one for one in whole if one["values"]["subject"] == subject]
        values = record["values"]
        named = {name: values.get(name) for name in ("plan", "papers", "front", "signed")}
        named |= {"room": values["rooms"][0]["photo"]}
        files = {}
        for name, file in named.items():
            if file is not None:
                path = f"{CHECKS}/{record['id']}/files/{file}/content"
                files[name] = (await client.ask(clerk, "GET", path, expect=200, query=why)).content
    finally:
        await client.close()
    return record, files


def stored(county: Running) -> list[Path]:
    """Every content in the county's store."""
    return [path for path in (county.stack.folder.path / "files").rglob("*") if path.is_file()]


def pixels(jpeg: bytes) -> tuple[int, int]:
    """Width and height, out of the first frame header."""
    frame = next(found for found in re.finditer(rb"\xff[\xc0-\xc2]\x00\x11\x08(....)", jpeg, re.DOTALL))
    height, width = struct.unpack(">HH", frame[1])
    return width, height


async def test_photos_documents_and_a_signature_arrive_once(county: Running, walk: Walk) -> None:
    [subject] = matters(1)
    kept = stored(county)
    seen = walk("media", subject=subject, secrets=[subject, "%PDF-1.7", "0" * 20, "image/jpeg"])
    assert set(seen["empty"]) == {"必填"}
    assert len(seen["empty"]) == 3, "area, subject, photo of the front"
    assert seen["refused"] == ["文件超过 6 MB，请压缩后重新选择", "请选择 JPEG、PNG 等格式的图片"]
    assert seen["size"] > 5_000_000, "the documents are among what was looked through"
    assert seen["readable"] == [], "what the browser keeps can be read"
    assert (seen["kept"].count("entry"), seen["kept"].count("file")) == (1, 5)
    assert (seen["left"].count("entry"), seen["left"].count("file")) == (1, 0), "what has arrived is needed no more"
    assert seen["sent"][:2] == ["part", "last"], "it is too much for one request"
    assert len(seen["sent"]) >= 4
    assert seen["told"] == ["已登记：已收到，此前已登记"]
    _, files = await looked_at(county, subject)
    assert {name: len(files[name]) for name in ("plan", "papers")} == dict.fromkeys(("plan", "papers"), 4_000_000)
    assert files["plan"].startswith(b"%PDF-1.7\nPLAN0")
    assert files["papers"].startswith(b"%PDF-1.7\nPAPERS0")
    assert [pixels(files[name]) for name in ("front", "room")] == [(2048, 1024)] * 2
    assert files["signed"].startswith(b"\x89PNG")
    assert len(stored(county)) == len(kept) + len(files), "what was sent again is not kept twice"


async def test_a_refused_document_is_taken_off_and_the_rest_stands(county: Running, walk: Walk) -> None:
    [subject] = matters(1)
    seen = walk("returned", subject=subject)
    assert seen["refused"].startswith("被退回：不支持的文件类型"), seen["refused"]
    assert re.fullmatch(r"\d+ KB", seen["front"])
    assert seen["told"] == "已登记"
    record, files = await looked_at(county, subject)
    assert "plan" not in record["values"]
    assert set(files) == {"front", "signed"}
    assert pixels(files["front"]) == (400, 300)


async def test_a_record_outside_the_workers_area_is_answered_for_itself(county: Running, walk: Walk) -> None:
    told = matters(2)
    seen = walk("outside", matters=told)
    outside, inside = seen["answered"]
    assert outside.startswith("被退回：未找到，或不在您的管辖范围内"), outside
    assert inside == "已登记"
    assert seen["again"] == told[0], "what is corrected was not kept"
    assert len(await records_about(county, *told)) == 2


async def test_a_revoked_device_is_told_so_and_sends_after_the_next_login(county: Running, walk: Walk) -> None:
    told = matters(1)
    credential = token(county.stack.ports, WORKER.role, VILLAGE, subject=f"{WORKER.role}-{VILLAGE}")
    seen = walk("revoked", matters=told, token=credential)
    assert seen["waiting"] == "待发送"
    assert seen["told"] == "设备凭证无效、已到期或已注销。请点“登录”后继续，未发送的填报会保留。"
    assert seen["after"] == "已登记"
    assert seen["left"] == 0
    assert len(await records_about(county, *told)) == 1


def test_the_form_of_every_ledger_that_ships_opens_in_the_page(walk: Walk) -> None:
    forms = {path.stem: draw(definition_in(path), 1, LISTS).xml for path in (*shipped(), EVERYTHING)}
    asked = {code: {"xml": xml, "areas": "name,label,level\n"} for code, xml in forms.items()}
    counts = walk("forms", forms=asked)["counts"]
    assert len(counts) == len(shipped()) + 1 >= 13
    for code, one in asked.items():
        assert counts[code] > 0, code
        assert counts[code] >= len(QUESTIONS.findall(one["xml"].partition("<repeat")[0])), code
