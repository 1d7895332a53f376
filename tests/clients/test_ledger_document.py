"""A client that openapi-python-client makes out of a ledger's own document handles its records, and its accounts."""

import json
from pathlib import Path
from secrets import token_hex

import httpx
import pytest
import yaml

from deploy.local.locks import ROOT
from deploy.local.story.campaign import SECOND_OFFICER, new_campaign
from deploy.local.story.client import StoryClient
from deploy.local.story.state import OFFICER, TOWN, VILLAGE
from deploy.local.tokens import token
from shared.clock import SystemClock, today
from tests.clients.test_python import HERE, generated, run
from tests.clients.test_python import tools as tools
from tests.e2e.stack import Running

pytestmark = [pytest.mark.client, pytest.mark.embedded, pytest.mark.xdist_group("stack")]


async def test_a_client_of_one_ledger_handles_its_records(county: Running, tools: Path, tmp_path: Path) -> None:
    ports, day = county.stack.ports, str(today(SystemClock()))
    campaign = new_campaign()
    asking = StoryClient(ports)
    await campaign.draft(asking)
    await campaign.publish(asking, SECOND_OFFICER)
    document: httpx.Response = await asking.ask(OFFICER, "GET", f"{campaign.path}/openapi.json", expect=200)
    await asking.close()
    (tmp_path / "ledger.json").write_bytes(document.content)
    client = generated(tools, tmp_path / "ledger.json", "xiangli_ledger", tmp_path)
    told = {
        "origin": ports.origin, "day": day, "area": VILLAGE, "river": f"示例河{token_hex(3)}",
        "worker": token(ports, "grid_worker", VILLAGE), "town": token(ports, "town_officer", TOWN),
    }  # fmt: skip
    said = run(
        str(tools / "python"), str(HERE / "ledger.py"), cwd=tmp_path, LEDGER=json.dumps(told), PYTHONPATH=str(client),
        NO_PROXY="*",
    )  # fmt: skip
    came = json.loads(said.strip().splitlines()[-1])
    assert came["listed"] == [[came["opened"], "cleared", told["river"]]]
    assert came["cleared"] == ["cleared", day]
    assert came["read"] == ["occupying", day, "12.50"]
    assert came["refused"] == [422, [["values.area_m2", "满足条件时须填写占用面积（平方米）"]]]
    assert came["hidden"] == "not_found"


async def test_a_client_of_one_ledger_posts_to_its_accounts(county: Running, tools: Path, tmp_path: Path) -> None:
    ports, day = county.stack.ports, str(today(SystemClock()))
    asking = StoryClient(ports)
    definition = yaml.load((ROOT / "services/grid/ledgers/volunteer_hours.yaml").read_text("utf-8"), yaml.CSafeLoader)
    await asking.post(OFFICER, "/grid/v1/ledger-drafts", {"definition": definition}, 201)
    publish = "/grid/v1/ledger-drafts/volunteer_hours/publish"
    await asking.post(SECOND_OFFICER, publish, None, headers={"If-Match": "*"})
    path = "/grid/v1/ledgers/volunteer_hours/openapi.json"
    document: httpx.Response = await asking.ask(OFFICER, "GET", path, expect=200)
    await asking.close()
    (tmp_path / "ledger.json").write_bytes(document.content)
    client = generated(tools, tmp_path / "ledger.json", "xiangli_hours", tmp_path)
    told = {
        "origin": ports.origin, "day": day, "area": VILLAGE, "card": f"SJ-{token_hex(3)}",
        "clerk": token(ports, "village_clerk", VILLAGE), "town": token(ports, "town_officer", TOWN),
    }  # fmt: skip
    said = run(
        str(tools / "python"), str(HERE / "accounts.py"), cwd=tmp_path, LEDGER=json.dumps(told), PYTHONPATH=str(client),
        NO_PROXY="*",
    )  # fmt: skip
    came = json.loads(said.strip().splitlines()[-1])
    assert came["served"] == ["serve", day, [["volunteer", 90], ["community", -90]]]
    assert came["refused"] == [409, "account_below_zero"]
    assert came["balance"] == 60
    assert came["reversed"] == [True, True]
    assert came["statement"] == [0, [["redeem", -30], ["redeem", 30], ["serve", 90]], 90]
    assert came["trial"] == [0, ["community", "volunteer"]]
