"""What the hall keeps of an applicant is sealed, and says itself nowhere else: no event, answer, log line or table."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest
import structlog
from sqlalchemy import text

from shared.auth.access_log import AccessEntry
from shared.crypto.service import CannotOpen, Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NAME,
    NUMBER,
    OTHER_CLERK,
    VILLAGE,
    CaseIn,
    Step,
    Submit,
    a_person,
)

PHONE, ADDRESS = "13800001234", "测试路 1 号"
SECRETS = (NAME, NUMBER, PHONE, ADDRESS)
Extract = Callable[..., str]


async def the_applicants(database: Database) -> list[tuple[UUID, bytes]]:
    async with database.session() as session:
        rows = await session.execute(text("SELECT case_id, snapshot FROM applicants ORDER BY case_id"))
        return [(row.case_id, bytes(row.snapshot)) for row in rows]


async def test_the_applicant_is_sealed_for_the_case_and_holds_what_registry_attested(
    submit: Submit, extract_of: Extract, person: UUID, committed: Database, crypto: Crypto
) -> None:
    case = await submit(extract=extract_of(person, phone=PHONE, address=ADDRESS))
    [(case_id, snapshot)] = await the_applicants(committed)
    assert str(case_id) == case["id"]
    opened = json.loads(crypto.open(snapshot, field="applicants.snapshot", owner=case_id))
    attested = {"name": NAME, "document_type": "citizen_id", "document_number": NUMBER}
    assert opened == {**attested, "phone": PHONE, "address": ADDRESS}
    for field, owner in (("applicants.snapshot", new_id()), ("persons.name", case_id)):
        with pytest.raises(CannotOpen):
            crypto.open(snapshot, field=field, owner=owner)


async def test_nothing_that_is_kept_of_applicants_can_be_compared(
    submit: Submit, extract_of: Extract, person: UUID, committed: Database
) -> None:
    """Two cases of one number share nothing but the id of the person, and a digest in a table of its own."""
    for _ in range(2):
        await submit(extract=extract_of(person, document_number=NUMBER))
    assert len({snapshot for _, snapshot in await the_applicants(committed)}) == 2
    async with committed.session() as session:
        columns = await session.scalars(
            text("SELECT column_name FROM information_schema.columns WHERE table_name = 'applicants'")
        )
        assert set(columns) == {"case_id", "consent", "digested", "extract_id", "snapshot"}


async def test_no_table_event_answer_or_log_line_says_who_applied(
    door: Door,
    case_in: CaseIn,
    extract_of: Extract,
    person: UUID,
    step: Step,
    committed: Database,
    service_database: ServiceDatabase,
) -> None:
    extract = extract_of(person, phone=PHONE, address=ADDRESS)
    with structlog.testing.capture_logs() as lines:
        cases = [
            await case_in(status, extract=extract_of(person, phone=PHONE, address=ADDRESS))
            for status in ("closed", "refused", "withdrawn")
        ]
        answers = [json.dumps(case, ensure_ascii=False) for case in cases]
        async with door.client(CLERK) as client:
            body = {"item_id": cases[0]["item_id"], "area": VILLAGE, "extract": extract}
            for wrong in ({}, {"extract": extract[:-4]}, {"area": "450481114299"}, {"item_id": str(new_id())}):
                sent = await client.post("/cases", json={**body, **wrong}, headers={"Idempotency-Key": f"k-{wrong}"})
                answers.append(sent.text)
            answers += [(await client.get(path)).text for path in ("/cases", f"/cases/{cases[0]['id']}")]
        answers.append((await step(cases[0], "accept")).text)
    owner = await service_database.as_owner()
    try:
        tables = await owner.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        rows = [
            "".join(
                record["row"]
                for record in await owner.fetch(f'SELECT t::text AS row FROM public."{table["relname"]}" t')
            )
            for table in tables
        ]
    finally:
        await owner.close()
    stored = "".join(rows)
    assert stored.count(cases[0]["id"]) > 4
    assert len(lines) > 10
    for secret in (*SECRETS, extract):
        for place in (stored, "".join(answers), str(lines)):
            assert secret not in place
            assert secret.encode().hex() not in place


async def test_reasons_actors_and_numbers_of_cases_stay_in_the_hall(
    case_in: CaseIn, step: Step, committed: Database
) -> None:
    case = await case_in("accepted")
    await step(case, "decide", granted=False, reason="conditions_not_met")
    async with committed.session() as session:
        rows = await session.scalars(
            text("SELECT convert_from(payload, 'UTF8') FROM outbox WHERE noun = 'services_hall.case'")
        )
    told = "".join(rows)
    assert case["id"] in told
    assert not [
        kept for kept in ("conditions_not_met", CLERK.subject, COUNTY_OFFICER.subject, case["number"]) if kept in told
    ]


def said(entry: AccessEntry) -> tuple[str | None, ...]:
    return (entry.subject, entry.action, entry.noun, entry.object_id, entry.area, entry.purpose, entry.detail)


async def test_the_access_log_notes_who_used_an_extract_and_who_looked_at_a_case(
    door: Door, submit: Submit, person: UUID, clock: FrozenClock
) -> None:
    case = await submit()
    at = clock.now()
    clock.advance(minutes=5)
    for who, status in ((COUNTY_OFFICER, 200), (OTHER_CLERK, 404), (CLERK, 200)):
        async with door.client(who) as client:
            assert (await client.get(f"/cases/{case['id']}")).status_code == status
    async with door.client(CLERK) as client:
        await client.get(f"/cases/{case['id']}", headers={"If-None-Match": "*"})
    entries = door.accesses.entries
    look = ("read", "services_hall.case", case["id"], VILLAGE, "case_handling", "masked")
    assert [said(entry) for entry in entries] == [
        (CLERK.subject, "submit", "registry.person", str(person), VILLAGE, "case_handling", "write"),
        (COUNTY_OFFICER.subject, *look),
        (CLERK.subject, *look),
        (CLERK.subject, *look),
    ]
    assert {entry.result for entry in entries} == {"ok"}
    assert [entry.at for entry in entries] == [at, *[clock.now()] * 3]
    assert len({entry.request_id for entry in entries}) == 4


async def test_a_list_notes_each_case_that_it_shows_and_counts_and_steps_note_nothing(
    door: Door, submit: Submit, step: Step
) -> None:
    """A case names its applicant by id, and the item: social relief, for one."""
    case, _, _ = [await submit() for _ in range(3)]
    door.accesses.entries.clear()
    async with door.client(CLERK) as client:
        page = (await client.get("/cases", params={"limit": 2})).json()
        assert page["next_cursor"] is not None
        looks = [
            ("list", "services_hall.case", one["id"], VILLAGE, "case_handling", "existence") for one in page["items"]
        ]
        assert [said(entry)[1:] for entry in door.accesses.entries] == looks
        assert {(entry.subject, entry.role) for entry in door.accesses.entries} == {(CLERK.subject, "village_clerk")}
        await client.get("/cases/count")
    noted = len(door.accesses.entries)
    for verb in ("receive", "accept", "decide", "close"):
        await step(case, verb)
    assert len(door.accesses.entries) == noted


async def test_who_is_refused_a_case_used_no_extract(
    door: Door, item: str, extract_of: Extract, arrivals: Arrivals, person: UUID
) -> None:
    async with door.client(CLERK) as client:
        body = {"item_id": item, "area": VILLAGE}
        stranger = new_id()
        assert (await client.post("/cases", json={**body, "extract": extract_of(stranger)})).status_code == 503
        assert door.accesses.entries == []
        await arrivals.take(a_person(stranger))
        assert (await client.post("/cases", json={**body, "extract": extract_of(stranger)})).status_code == 201
    assert [entry.object_id for entry in door.accesses.entries] == [str(stranger)]


@pytest.mark.parametrize(
    "change",
    ["UPDATE case_steps SET actor = 'nobody'", "DELETE FROM case_steps"],
)
async def test_the_service_itself_may_not_change_who_took_a_step(
    committed: Database, submit: Submit, change: str
) -> None:
    await submit()
    async with committed.session() as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text(change))
