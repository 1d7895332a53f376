"""The door for county systems: its keys over HTTP and on the command line, answers and kept records for operators."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from services.grid.app import create_app
from services.grid.settings import Settings
from shared.cli import main
from shared.crypto.jwe import InboundKeys
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door, a_principal
from shared.testing.settings import VALUES, settings_for
from tests.grid.builders import CLERK
from tests.grid.hotline import PUBLIC_KEY, SOURCE, Hotline, Sent, a_request
from tests.grid.inbound.test_letters import letters

Run = Callable[..., Awaitable[tuple[int, str, str]]]
OPERATOR = a_principal("operator", "450481")


@pytest.fixture
def run(service_database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A verb of grid: exit code, output, errors."""

    async def do(*arguments: str, **settings: Any) -> tuple[int, str, str]:
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("XIANGLI_")]:
                patch.delenv(name)
            given = VALUES | {"database_url": service_database.service_url} | settings
            for name, value in given.items():
                patch.setenv(f"XIANGLI_{name.upper()}", str(value))
            capsys.readouterr()
            code = await asyncio.to_thread(main, "services.grid", arguments)
            said = capsys.readouterr()
        return code, said.out, said.err

    return do


async def test_the_keys_are_handed_to_everybody_and_are_public_halves_only(door: Door) -> None:
    async with door.client(None) as client:
        answer = await client.get("/inbound/keys")
    assert answer.status_code == 200
    assert answer.json() == {"keys": [PUBLIC_KEY]}
    assert "d" not in answer.json()["keys"][0]


async def test_without_a_key_the_door_is_shut(
    committed: Database, service_database: ServiceDatabase, clock: FrozenClock, run: Run
) -> None:
    settings = settings_for("grid", service_database.service_url, inbound_private_keys="")
    assert isinstance(settings, Settings)
    async with Door(create_app(settings, clock=clock, database=committed)).client(None) as client:
        assert (await client.get("/inbound/keys")).json() == {"keys": []}
    code, _, said = await run("inbound-keys", inbound_private_keys="")
    assert (code, said) == (1, "grid: the door for county systems is shut: XIANGLI_INBOUND_PRIVATE_KEYS is not set\n")


async def test_the_command_line_prints_the_same_keys(run: Run) -> None:
    code, printed, _ = await run("inbound-keys")
    assert (code, json.loads(printed)) == (0, {"keys": [PUBLIC_KEY]})


async def test_a_fresh_key_is_printed_as_its_setting_and_is_another_one_every_time(run: Run) -> None:
    lines = [(await run("new-inbound-key", "c2"))[1].strip() for _ in range(2)]
    assert len(set(lines)) == 2
    for line in lines:
        name, _, value = line.partition("=")
        assert name == "XIANGLI_INBOUND_PRIVATE_KEYS"
        assert InboundKeys.parse(value).public_set()["keys"][0]["kid"] == "c2"
    code, printed, said = await run("new-inbound-key", "c 2")
    assert (code, printed) == (1, "")
    assert "a key id is" in said


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"inbound_private_keys": "c1:AAAA"}, "must be 32 bytes"),
        ({"inbound_sources": "urn:a b"}, "XIANGLI_INBOUND_SOURCES: a source has"),
        ({"inbound_rate_per_minute": "0"}, "XIANGLI_INBOUND_RATE_PER_MINUTE"),
        ({"inbound_max_bytes": "lots"}, "XIANGLI_INBOUND_MAX_BYTES"),
    ],
)
async def test_a_wrong_setting_is_one_sentence_that_names_it(run: Run, wrong: dict[str, str], reason: str) -> None:
    code, _, said = await run("inbound-keys", **wrong)
    assert code == 2
    assert reason in said
    assert said.count("\n") == 1


async def test_operators_list_what_was_answered_and_nobody_else_does(
    grids: None, hotline: Hotline, door: Door, clock: FrozenClock
) -> None:
    for number in range(3):
        await hotline.send(a_request(), id=f"HL-{number}")
        clock.advance(seconds=1)
    await hotline.send(a_request(colour="red"), id="HL-3")
    async with door.client(OPERATOR) as client:
        page = (await client.get("/inbound/requests", params={"limit": 3})).json()
        rest = (await client.get("/inbound/requests", params={"limit": 3, "cursor": page["next_cursor"]})).json()
        rejected = (await client.get("/inbound/requests", params={"status": "rejected"})).json()["items"]
        coded = (await client.get("/inbound/requests", params={"code": "jwe_invalid"})).json()["items"]
        sourced = (await client.get("/inbound/requests", params={"source": SOURCE})).json()["items"]
    listed = [item["request_id"] for item in (*page["items"], *rest["items"])]
    assert listed == ["HL-3", "HL-2", "HL-1", "HL-0"]
    assert [(item["request_id"], item["code"]) for item in rejected] == [("HL-3", "schema_violation")]
    assert (coded, len(sourced)) == ([], 4)
    async with door.client(CLERK) as client:
        assert (await client.get("/inbound/requests")).status_code == 403


async def test_the_command_line_shows_replays_and_drops_sealed_records(
    grids: None, hotline: Hotline, committed: Database, run: Run
) -> None:
    await hotline.push(Sent("张三".encode(), (("x", b"y"),), b"k"))
    await hotline.send(a_request(), id="HL-1", source="urn:county:450481:newcomer")
    first, second = [str(letter.id) for letter in await letters(committed)]
    code, shown, _ = await run("dead-letters", "show", first)
    assert code == 0
    assert "sealed: yes" in shown
    assert "key: k\nheader x: y\nvalue: 张三" in shown
    statement = "SELECT subject, action, noun, object_id, detail FROM access_log WHERE action = 'open_dead_letter'"
    async with committed.session() as session:
        noted = (await session.execute(text(statement))).all()
    assert [tuple(row) for row in noted] == [
        ("system:command-line", "open_dead_letter", "county.request", first, "full")
    ]
    code, shown, said = await run("dead-letters", "show", first, field_keys="other:" + "A" * 22 + "==")
    assert (code, shown) == (1, "")
    assert said.endswith("grid: the record was sealed under a key that XIANGLI_FIELD_KEYS does not hold\n")
    code, printed, _ = await run("dead-letters", "replay", first)
    assert code == 1
    assert printed == f"grid: 0 records taken, stopped at {first}: not_a_cloudevent\n"
    sources = f"{SOURCE},urn:county:450481:newcomer"
    code, printed, _ = await run("dead-letters", "replay", second, inbound_sources=sources)
    assert code == 0
    assert printed == "grid: 1 records taken\n"
    assert (await run("dead-letters", "drop", first, inbound_private_keys=""))[0] == 0
    assert (await run("dead-letters", "list"))[1] == "grid: 0 records\n"
    assert [fact for fact, _ in await hotline.outcomes()] == ["rejected", "rejected", "accepted"]
