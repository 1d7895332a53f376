"""The hotline examples, Python and Java, against the embedded broker and a county that this test plays."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from random import randrange
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from shared.clock import SystemClock
from shared.contracts.county.requests import RequestPersonal, RequestSubmitted
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.indicators.values import ValueChanged, ValueRestated, ValueState
from shared.testing.broker import BrokerProcess
from tests.examples.conftest import HotlineOf
from tests.examples.county import County, attributes, bytes_of
from tests.examples.hotline import LANGUAGES, SOURCE, Hotline

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("examples")]

ORDER = {
    "received_at": "2026-11-22T09:00:00+08:00",
    "category": "environment",
    "severity": "serious",
    "area": "450481114201",
    "caller": {"name": "示例来电人", "phone": "19900000001"},
    "text": "村口垃圾池三天没有清运。",
    "address": "示例村口",
}
TOLD = ("示例来电人", "19900000001", "垃圾池", "示例村口")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def broker() -> AsyncIterator[BrokerProcess]:
    process = BrokerProcess()
    await process.start()
    yield process
    await process.stop()


@pytest.fixture
def county(broker: BrokerProcess, tmp_path: Path) -> County:
    return County(broker.bootstrap, tmp_path)


@pytest.fixture
def order() -> dict[str, Any]:
    """A work order with a number of its own."""
    return {**ORDER, "id": f"HL-{uuid4()}"}


@pytest.fixture
def hotline(request: pytest.FixtureRequest, hotline_of: HotlineOf, county: County) -> Hotline:
    group = f"county.hotline.{uuid4().hex[:8]}"
    return hotline_of(request.param).told(bootstrap=county.bootstrap, keys=str(county.keys_file), group=group)


both = pytest.mark.parametrize("hotline", LANGUAGES, indirect=True)


@both
@pytest.mark.parametrize("mode", ["binary", "structured"])
async def test_what_leaves_the_house_is_the_contract_and_says_nothing_of_people(
    hotline: Hotline, county: County, order: dict[str, Any], mode: str
) -> None:
    said = await hotline.told(mode=mode).run("send", "-", orders=[order])
    assert "1 sent" in said
    [message] = await county.received(1, order["id"])
    assert message.key() == order["id"].encode()
    value = message.value() or b""
    if mode == "structured":
        event = json.loads(value)
        data = json.dumps(event.pop("data")).encode()
        assert attributes(message)["content-type"].startswith("application/cloudevents+json")
    else:
        data, found = value, attributes(message)
        event = {name.removeprefix("ce_"): text for name, text in found.items()}
    assert (event["specversion"], event["type"], event["source"]) == ("1.0", "county.request.submitted", SOURCE)
    assert event["dataschema"] == "urn:xiangli:schema:county.request.submitted:v1"
    request = RequestSubmitted.model_validate_json(data)
    assert request.personal is not None
    inside = RequestPersonal.model_validate_json(county.keys.open(request.personal))
    assert (inside.caller.name, inside.caller.phone, inside.address) == (TOLD[0], TOLD[1], TOLD[3])
    stored = Path(hotline.settings["store"]).read_bytes()
    for words in TOLD:
        assert words.encode() not in value
        assert words.encode() not in stored, "nor does it stay in the table"


@both
async def test_a_request_is_followed_until_it_is_closed_and_what_is_told_twice_or_late_changes_nothing(
    hotline: Hotline, county: County, order: dict[str, Any]
) -> None:
    await hotline.run("send", "-", orders=[order])
    [message] = await county.received(1, order["id"])
    await hotline.told(group="county.hotline.early").run("follow", "--until", "answered", "--seconds", "1", expect=1)
    incident = "0192a5f0-0000-7000-8000-000000000001"
    for version, status in ((1, IncidentStatus.REPORTED), (3, IncidentStatus.CLOSED), (2, IncidentStatus.FILED)):
        county.answer(message, order["id"], version, incident_id=incident, incident_status=status)
    county.answer(
        message, order["id"], code="jwe_invalid", source="urn:county:450481:other", apart="x", request_source="urn:o"
    )
    said = await hotline.run("follow", "--until", "closed", "--seconds", "60")
    assert f"{order['id']} accepted" in said
    row = (await hotline.orders())[order["id"]]
    assert (row["status"], row["incident"], row["code"], row["times"]) == ("closed", incident, None, 1)
    assert await hotline.run("follow", "--until", "closed", "--seconds", "60") == "", "resumed: nothing is told again"


@both
async def test_what_came_too_fast_is_sent_again_by_itself_byte_for_byte(
    hotline: Hotline, county: County, order: dict[str, Any]
) -> None:
    await hotline.run("send", "-", orders=[order])
    [first] = await county.received(1, order["id"])
    county.answer(first, order["id"], code="rate_exceeded", final=False)
    following = await hotline.start("follow", "--until", "answered", "--seconds", "60")
    again = (await county.received(2, order["id"]))[-1]
    assert (again.key(), again.value(), again.headers()) == (first.key(), first.value(), first.headers())
    county.answer(again, order["id"], version=2, incident_status=IncidentStatus.REPORTED)
    said = (await following.communicate())[0].decode()
    assert following.returncode == 0, said
    row = (await hotline.orders())[order["id"]]
    assert (row["status"], row["times"]) == ("reported", 2)


@both
async def test_a_final_rejection_shows_its_code_and_the_same_file_sends_nothing_again(
    hotline: Hotline, county: County, order: dict[str, Any]
) -> None:
    await hotline.run("send", "-", orders=[order])
    [message] = await county.received(1, order["id"])
    county.answer(message, order["id"], code="plain_identifier")
    said = await hotline.run("follow", "--until", "closed", "--seconds", "60")
    assert f"{order['id']} rejected plain_identifier" in said
    assert "plain_identifier" in await hotline.run("requests")
    assert "0 sent" in await hotline.run("send", "-", orders=[order])


@both
async def test_a_request_under_a_key_that_is_gone_is_encrypted_anew_under_the_same_id(
    hotline: Hotline, county: County, order: dict[str, Any]
) -> None:
    await hotline.run("send", "-", orders=[order])
    [message] = await county.received(1, order["id"])
    county.answer(message, order["id"], code="jwe_unknown_key", final=False)
    await hotline.run("follow", "--until", "answered", "--seconds", "60")
    keys = county.new_key("k2")
    assert "1 sent" in await hotline.run("send", "-", orders=[order])
    again = (await county.received(2, order["id"]))[-1]
    value = json.loads(again.value() or b"")
    personal = value["data"]["personal"] if "data" in value else value["personal"]
    assert RequestPersonal.model_validate_json(keys.open(personal)).text == order["text"]
    assert again.key() == message.key()


@both
async def test_an_answer_that_names_no_request_is_found_by_the_place_of_the_message(
    hotline: Hotline, county: County, order: dict[str, Any]
) -> None:
    other = {**order, "id": f"{order['id']}-2"}
    await hotline.run("send", "-", orders=[order, other])
    messages = await county.received(2, order["id"], other["id"])
    by_key = {bytes_of(message.key()).decode(): message for message in messages}
    county.answer(by_key[other["id"]], None, code="source_not_allowed")
    county.answer(by_key[order["id"]], order["id"], incident_status=IncidentStatus.REPORTED)
    await hotline.run("follow", "--until", "answered", "--seconds", "60")
    orders = await hotline.orders()
    assert orders[other["id"]]["code"] == "source_not_allowed"
    assert orders[order["id"]]["status"] == "reported"


@both
async def test_the_mirror_keeps_the_latest_of_each_figure_over_restarts_and_is_built_again_from_nothing(
    hotline: Hotline, county: County
) -> None:
    area = f"45{randrange(1_000, 10_000)}"  # the tests of a module share the topic
    now = SystemClock().now()
    today = date(2026, 11, 22)

    def value(number: int, version: int, day: date = today, code: str = "POP-RES") -> ValueState:
        return ValueState(
            id=f"{area}:{code}:{day}", version=version, area=area, code=code, definition_version=1, day=day,
            value=number, base=100 if code == "CASE-IN-TIME" else None, counted_at=now,
        )  # fmt: skip

    for state in (
        value(5, 1, today - timedelta(days=1)),
        value(7, 1),
        value(9, 3),
        value(8, 2),
        value(1, 1, code="CASE-IN-TIME"),
    ):
        county.announce("indicators.value", ValueChanged(state=state))
    await hotline.run("mirror", "--until", "current", "--seconds", "60")
    figures = await hotline.figures()
    assert figures[area, "POP-RES"]["value"] == 9
    assert (figures[area, "CASE-IN-TIME"]["value"], figures[area, "CASE-IN-TIME"]["base"]) == (1, 100)
    county.announce("indicators.value", ValueRestated(state=value(9, 3)), revision=1)
    county.announce("indicators.value", ValueChanged(state=value(10, 4)))
    await hotline.told(group="county.hotline.new").run("mirror", "--until", "current", "--seconds", "60")
    assert (await hotline.figures("--code", "POP-RES"))[area, "POP-RES"]["value"] == 10
    Path(hotline.settings["store"]).unlink()
    await hotline.run("mirror", "--until", "current", "--seconds", "60")
    figures = await hotline.figures("--area", area)
    assert {code: row["value"] for (_, code), row in figures.items()} == {"POP-RES": 10, "CASE-IN-TIME": 1}


@both
async def test_a_setting_that_is_missing_or_wrong_is_named_in_one_sentence(
    hotline: Hotline, order: dict[str, Any]
) -> None:
    for settings, named in (
        ({"source": ""}, "HOTLINE_SOURCE"),
        ({"security": "SASL"}, "HOTLINE_SECURITY"),
        ({"mode": "both"}, "HOTLINE_MODE"),
        ({"bootstap": "x"}, "HOTLINE_BOOTSTAP"),
        ({"keys": "/nowhere/keys.json"}, "HOTLINE_KEYS"),
    ):
        said = await hotline.told(**settings).run("send", "-", expect=2, orders=[order])
        assert said.startswith("hotline: ")
        assert named in said
        assert len(said.splitlines()) == 1
