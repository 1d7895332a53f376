"""Nothing that names a person leaves but to those who may see it: not by events, logs, errors or plain columns."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.databases import ServiceDatabase
from tests.registry.builders import COUNTY, FAR, VILLAGE, a_household, a_number, a_person
from tests.registry.conftest import Client

NAME, PHONE, ADDRESS = "欧阳植入", "13912345678", "植入街一百零一号"
NUMBER, OTHER = a_number(), a_number()
PLANTED = (NAME, PHONE, ADDRESS, NUMBER, OTHER, NUMBER[:14], PHONE[3:])
PERSONS = "/registry/v1/persons"


def planted(**what: Any) -> dict[str, Any]:
    return a_person(**({"name": NAME, "phone": PHONE, "address": ADDRESS, "document": {"number": NUMBER}} | what))


async def _tell_everything(client_of: Client) -> list[str]:
    """Plants the identifiers through every endpoint that takes them; returns all bodies of refusals."""
    clerk, registrar = client_of("village_clerk", VILLAGE), client_of("county_registrar", COUNTY)
    refusals: list[str] = []
    members = [{"relation": "02", "person": planted()}, {"relation": "10", "person": a_person(name=NAME)}]
    household = (await clerk.post("/registry/v1/households", json=a_household(*members))).json()
    head, spouse = (one["person_id"] for one in household["members"])
    await clerk.post(f"{PERSONS}/{spouse}/tags", json={"code": "elder_alone", "started_on": "2026-03-01"})
    await registrar.post(f"{PERSONS}/{spouse}/restricted-tags", json={"code": "drug_user", "started_on": "2026-03-01"})
    tag = {"if-match": '"1"'}
    assert (await clerk.post(f"{PERSONS}/{head}/correct", json={"name": f"{NAME}甲"}, headers=tag)).status_code == 200
    await clerk.post(f"{PERSONS}/{spouse}/move-out", json={"occurred_on": "2026-03-10"})
    await registrar.get(f"{PERSONS}/{head}", params={"view": "full", "purpose": "audit"})
    await clerk.post(f"{PERSONS}/search", json={"document_number": NUMBER, "purpose": "verification"})
    for client, path, body, headers in (
        (clerk, PERSONS, planted(), {}),
        (clerk, PERSONS, planted(document={"number": NUMBER[:17] + "Y"}), {}),
        (clerk, PERSONS, planted(birth_date="1970-01-01"), {}),
        (clerk, PERSONS, planted(phone=PHONE + "9"), {}),
        (clerk, PERSONS, planted(nonsense=NAME), {}),
        (clerk, PERSONS, planted(residence={"area": NUMBER}), {}),
        (clerk, PERSONS, planted(sex=NAME), {}),
        (clerk, PERSONS, {NUMBER: NAME}, {}),
        (client_of("village_clerk", FAR), PERSONS, planted(), {}),
        (clerk, f"{PERSONS}/{head}/correct", {"document": {"number": NUMBER}, "birth_date": "1971-01-01"}, tag),
        (clerk, f"{PERSONS}/search", {"document_number": NUMBER, "purpose": NAME}, {}),
        (clerk, f"{PERSONS}/{head}/move-out", {"occurred_on": NUMBER}, {}),
        (clerk, f"{PERSONS}/{head}/move-in", {"occurred_on": "2026-03-01", "residence": {"area": PHONE}}, {}),
        (clerk, f"{PERSONS}/{head}/death", {"occurred_on": "2026-03-01", "new_head": {"head": NUMBER}}, {}),
        (clerk, f"{PERSONS}/{head}/tags", {"code": NAME, "started_on": "2026-03-01", "source": NUMBER}, {}),
        (clerk, f"{PERSONS}/{head}/extracts", {"audience": NAME, "purpose": NUMBER, "place": PHONE}, {}),
        (clerk, f"{PERSONS}/lookup", {"ids": [NUMBER], "purpose": "visit"}, {}),
        (clerk, f"{PERSONS}/{head}/correct", {"phone": PHONE + "9", "name": NAME + "\u200b"}, tag),
        (clerk, "/registry/v1/households", a_household({"relation": "02", "person": planted(phone=NUMBER)}), {}),
        (clerk, "/registry/v1/households", a_household({"relation": NAME, "person_id": NUMBER}), {}),
    ):
        answer = await client.post(path, json=body, headers=headers)
        assert answer.status_code >= 400, (path, body)
        refusals.append(answer.text)
    return refusals


@pytest.mark.usefixtures("unguarded")
async def test_no_planted_identifier_leaves(
    client_of: Client,
    county: None,
    committed: Database,
    service_database: ServiceDatabase,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    refusals = await _tell_everything(client_of)
    printed = capsys.readouterr()
    async with committed.session() as session:
        payloads = (await session.execute(text("SELECT key || ' ' || convert_from(payload, 'UTF8') FROM outbox"))).all()
    assert len(payloads) > 10
    haystacks = {
        "a refusal": "\n".join(refusals),
        "the outbox": "\n".join(row[0] for row in payloads),
        "the log": printed.out + printed.err + caplog.text,
        "a plain column": await _all_rows(service_database),
    }
    for where, haystack in haystacks.items():
        assert haystack, where
        for secret in PLANTED:
            assert secret not in haystack, f"{secret} stands in {where}"


async def _all_rows(service_database: ServiceDatabase) -> str:
    """Every row of every table as text. Bytes appear in hexadecimal: a sealed field shows nothing."""
    owner: asyncpg.Connection = await service_database.as_owner()
    try:
        tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows: list[str] = []
        for (table,) in tables:
            rows += [row[0] for row in await owner.fetch(f'SELECT t::text FROM "{table}" AS t')]
    finally:
        await owner.close()
    whole = "\n".join(rows)
    for secret in PLANTED:
        assert secret.encode().hex() not in whole, f"{secret} stands unsealed in a binary column"
    return whole
