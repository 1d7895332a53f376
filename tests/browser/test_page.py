"""The page of forms in a real Chromium: filled in with a network and without one, each record answered for itself."""

import json
import os
import re
import shutil
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
QUESTIONS = re.compile(r"<(?:input|select1|select|upload|trigger) ")

Walk = Callable[..., Mapping[str, Any]]


@pytest.fixture(scope="module")
def program() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert found is not None, "Chromium is missing: install the Debian packages chromium and fonts-noto-cjk"
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county() -> AsyncIterator[Running]:
    """A county in which two people have put the ledger of disputes into force."""
    with tempfile.TemporaryDirectory(prefix="xiangli-browser-", ignore_cleanup_errors=True) as made:
        async with running(Path(made)) as stack:
            client = StoryClient(stack.stack.ports)
            definition = (ROOT / "services/grid/ledgers/disputes.yaml").read_text("utf-8")
            drafted = json.loads(json.dumps({"definition": yaml.safe_load(definition)}, default=str))
            await client.post(OFFICER, "/grid/v1/ledger-drafts", drafted, 201)
            published = "/grid/v1/ledger-drafts/disputes/publish"
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
        said = run(folder, "node", "walk.mjs", name, timeout=240, GIVEN=json.dumps(told), CHROMIUM=program)
        facts: Mapping[str, Any] = json.loads(said.strip().splitlines()[-1])
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
    forms = {path.stem: draw(definition_in(path), 1, LISTS, files=False).xml for path in (*shipped(), EVERYTHING)}
    asked = {code: {"xml": xml, "areas": "name,label,level\n"} for code, xml in forms.items()}
    counts = walk("forms", forms=asked)["counts"]
    assert len(counts) == len(shipped()) + 1 >= 13
    for code, one in asked.items():
        assert counts[code] > 0, code
        assert counts[code] >= len(QUESTIONS.findall(one["xml"].partition("<repeat")[0])), code
