"""After an erasure nothing of who was typed is left; before it nothing says the number but what is sealed."""

import json
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from services.services_hall.cases.service.digests import KIND
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.services_hall.case_erasures.conftest import Bring, sealed
from tests.services_hall.case_erasures.samples import DOCUMENT, WHO
from tests.services_hall.case_erasures.test_runs import ask, does
from tests.services_hall.conftest import CLERK, VILLAGE

SECRETS = (WHO["name"], WHO["document_number"], WHO["phone"])


async def everything(service_database: ServiceDatabase) -> str:
    """Every row of every table, as text."""
    owner = await service_database.as_owner()
    try:
        tables = await owner.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        rows = [await owner.fetch(f'SELECT t::text AS row FROM public."{one["relname"]}" t') for one in tables]
    finally:
        await owner.close()
    return "".join(record["row"] for table in rows for record in table)


@pytest.mark.parametrize("decided", ["order", "refuse"])
async def test_no_table_answer_or_log_line_says_whose_wish_it_was(
    typed: Bring, door: Door, service_database: ServiceDatabase, decided: str
) -> None:
    case = await typed("withdrawn")
    with structlog.testing.capture_logs() as lines:
        answers = [await ask(door, document=DOCUMENT)]
        run = answers[0].json()
        body: dict[str, Any] = {"reason": "not_proven"} if decided == "refuse" else {}
        answers.append(await does(door, run, decided, **body))
        async with door.client(CLERK) as client:
            answers.append(await client.get(f"/case-erasures/{run['id']}"))
            answers.append(await client.get(f"/case-erasures/{run['id']}/entries"))
            answers.append(await client.get("/case-erasures", params={"area": VILLAGE}))
        answers.append(await ask(door, document={**DOCUMENT, "number": "321083197812162118"}))
        answers.append(await ask(door, document={"type": "passport", "number": "E87654321"}))
    stored = await everything(service_database)
    said = "".join(one.text + str(dict(one.headers)) for one in answers)
    assert case["id"] in stored
    assert run["id"] in said
    assert len(lines) >= 4
    for secret in (*SECRETS, "321083197812162118", "E87654321"):
        for place in (stored, said, json.dumps(lines, default=str, ensure_ascii=False)):
            assert secret not in place
            assert secret.encode().hex() not in place


async def test_after_it_no_key_finds_or_opens_anything(
    typed: Bring, door: Door, committed: Database, crypto: Crypto, service_database: ServiceDatabase
) -> None:
    case = await typed("withdrawn")
    digest = crypto.blind(KIND, f"citizen_id:{WHO['document_number']}")[0].digest
    async with committed.session() as session:
        before = (await session.scalars(text("SELECT snapshot FROM applicants"))).one()
    stored = await everything(service_database)
    assert digest.hex() in stored
    assert bytes(before).hex() in stored
    run = (await ask(door, document=DOCUMENT)).json()
    assert (await does(door, run, "order")).status_code == 200
    stored = await everything(service_database)
    assert digest.hex() not in stored
    assert bytes(before).hex() not in stored
    assert case["id"] in stored, "the case itself stays"


async def test_somebody_who_comes_again_afterwards_is_somebody_new(
    typed: Bring, door: Door, committed: Database, clock: FrozenClock
) -> None:
    gone = await typed("withdrawn")
    run = (await ask(door, document=DOCUMENT)).json()
    await does(door, run, "order")
    clock.advance(days=1)
    again = await typed("withdrawn")
    assert await sealed(committed, gone["id"], again["id"]) == [False, True]
    second = (await ask(door, document=DOCUMENT)).json()
    async with door.client(CLERK) as client:
        (one,) = (await client.get(f"/case-erasures/{second['id']}/entries")).json()["items"]
    assert one["case_id"] == again["id"], "what was erased is found no more"
