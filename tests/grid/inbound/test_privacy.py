"""Nothing that names a person comes out again of the door for county systems, wherever it was planted."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from shared.auth.principal import Grant, Principal
from shared.db.engine import Database
from shared.messaging.dead_letters.announcer import announcement
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_CLERK, OTHER_VILLAGE, VILLAGE, WORKER
from tests.grid.hostile import HOSTILE
from tests.grid.hotline import TOPIC, Hotline, Sent, a_request, binary, sealed, structured
from tests.grid.inbound.test_letters import letters

NAME, PHONE, ADDRESS, NUMBER = "欧阳植入", "13912345678", "植入街一百零一号", "45048119900307019X"
PLANTED = (NAME, PHONE, ADDRESS, NUMBER, NUMBER[:14], PHONE[3:])
PERSONAL = {"caller": {"name": NAME, "phone": PHONE}, "text": f"{NAME}来电", "address": ADDRESS}


async def plant(hotline: Hotline) -> None:
    """Through every place of an event that a stranger may fill."""
    taken = await hotline.send(a_request(personal=sealed(PERSONAL)))
    assert taken.status == "accepted"
    for build in (binary, structured):
        for field in ("category", "severity", "area", "received_at", "personal", NAME):
            await hotline.push(build(a_request(**{field: f"{NAME} {NUMBER}"})))
        for attribute in ("id", "source", "subject", "time", "type", "dataschema", "comment"):
            changed: dict[str, Any] = {attribute: NUMBER}
            await hotline.push(build(a_request(), **changed))
    await hotline.push(binary(a_request(), content_type=NAME))
    sent = binary(a_request())
    await hotline.push(Sent(sent.value, (*sent.headers, (PHONE, NAME.encode())), NUMBER.encode()))
    await hotline.push(Sent(f"{NAME}{PHONE}".encode(), sent.headers, sent.key))
    await hotline.push(binary(a_request(personal=sealed({**PERSONAL, "number": NUMBER}))))
    for _, hostile in HOSTILE.values():
        await hotline.push(hostile())


async def test_no_planted_identifier_leaves(
    grids: None,
    hotline: Hotline,
    door: Door,
    committed: Database,
    service_database: ServiceDatabase,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await plant(hotline)
    async with door.client(COUNTY_OFFICER) as client:
        listed = await client.get("/incidents")
    printed = capsys.readouterr()
    async with committed.session() as session:
        payloads = (await session.execute(text("SELECT key || ' ' || convert_from(payload, 'UTF8') FROM outbox"))).all()
    told = [announcement(letter) for letter in await letters(committed)]
    assert len(payloads) > len(HOSTILE)
    assert len(told) > len(HOSTILE) / 2
    haystacks = {
        "the outbox": "\n".join(row[0] for row in payloads),
        "the announcements": "\n".join(f"{one.topic} {one.key!r} {one.value!r} {one.headers!r}" for one in told),
        "the log": printed.out + printed.err + caplog.text,
        "a list": listed.text,
        "a plain column": await all_rows(service_database),
    }
    for where, haystack in haystacks.items():
        assert haystack, where
        for secret in PLANTED:
            assert secret not in haystack, f"{secret} stands in {where}"
            assert repr(secret.encode())[2:-1] not in haystack, f"{secret} stands in {where}, as bytes"
            assert secret.encode().hex() not in haystack, f"{secret} stands unsealed in {where}"
    assert TOPIC in haystacks["the announcements"]


async def all_rows(service_database: ServiceDatabase) -> str:
    """Every row of every table as text. Bytes appear in hexadecimal: a sealed field shows nothing."""
    owner: asyncpg.Connection = await service_database.as_owner()
    try:
        tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows: list[str] = []
        for (table,) in tables:
            rows += [row[0] for row in await owner.fetch(f'SELECT t::text FROM "{table}" AS t')]
    finally:
        await owner.close()
    return "\n".join(rows)


async def test_a_callers_name_and_number_are_kept_in_one_form(grids: None, hotline: Hotline, door: Door) -> None:
    caller = {"name": "买买提．艾 力", "phone": "+86 139-1234-5678"}
    taken = await hotline.send(a_request(personal=sealed({**PERSONAL, "caller": caller})))
    async with door.client(CLERK) as client:
        path, asked = f"/incidents/{taken.incident_id}", {"view": "full", "purpose": "incident"}
        full = (await client.get(path, params=asked)).json()["request"]
        masked = (await client.get(path)).json()["request"]
    assert (full["caller_name"], full["caller_phone"]) == ("买买提·艾力", "13912345678")
    assert (masked["caller_name"], masked["caller_phone"]) == ("买**力", "139****5678")


async def test_the_caller_is_masked_and_told_in_full_to_an_officer_who_says_why(
    grids: None, hotline: Hotline, door: Door
) -> None:
    taken = await hotline.send(a_request(personal=sealed(PERSONAL)))
    path = f"/incidents/{taken.incident_id}"
    async with door.client(CLERK) as client:
        masked = (await client.get(path)).json()["request"]
        without = await client.get(path, params={"view": "full"})
        full = (await client.get(path, params={"view": "full", "purpose": "incident"})).json()["request"]
    assert masked == {
        "received_at": "2026-03-16T09:00:00+08:00",
        "caller_name": "欧**入",
        "caller_phone": "139****5678",
        "address": "****",
        "masked": True,
    }
    assert (without.status_code, without.json()["code"]) == (422, "purpose_required")
    assert full == {**masked, "caller_name": NAME, "caller_phone": PHONE, "address": ADDRESS, "masked": False}
    noted = [(entry.action, entry.purpose, entry.role) for entry in door.accesses.entries if entry.action != "list"]
    assert noted == [
        ("read", "incident", "village_clerk"),
        ("read_caller", "incident", "village_clerk"),
    ]


async def test_who_may_read_incidents_may_not_yet_see_who_called(grids: None, hotline: Hotline, door: Door) -> None:
    taken = await hotline.send(a_request(personal=sealed(PERSONAL)))
    path, full = f"/incidents/{taken.incident_id}", {"view": "full", "purpose": "incident"}
    reader_here = Grant("grid_worker", VILLAGE)
    officer_elsewhere = Principal("two-hats", (reader_here, Grant("village_clerk", OTHER_VILLAGE)))
    for who, status in ((WORKER, 403), (officer_elsewhere, 403), (OTHER_CLERK, 404)):
        async with door.client(who) as client:
            answer = await client.get(path, params=full)
        assert answer.status_code == status, who
        assert PHONE not in answer.text


async def test_a_caller_who_told_nothing_is_told_as_nothing(grids: None, hotline: Hotline, door: Door) -> None:
    anonymous = await hotline.send(a_request(personal=sealed({"text": "路灯不亮"})))
    silent = await hotline.send(a_request(personal=None))
    async with door.client(CLERK) as client:
        for taken, text in ((anonymous, "路灯不亮"), (silent, None)):
            detail = (await client.get(f"/incidents/{taken.incident_id}")).json()
            assert detail["description"] == text
            assert [detail["request"][name] for name in ("caller_name", "caller_phone", "address")] == [None] * 3
