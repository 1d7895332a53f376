"""An erasure reaches whatever is sealed of the person: everything that any column holds is opened and read."""

import asyncio
from base64 import b64decode
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import Table, select, text
from sqlalchemy.exc import DBAPIError

from services.registry.base import Base
from services.registry.persons.service.names import tokens_of
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.db.sealing import blind_columns, sealed_columns, tables_with
from shared.erasures.service import ErasureTasks
from shared.messaging.context import UseCaseContext
from shared.migration.kit_schema import KIT
from shared.migration.migrate import is_append_only
from shared.rotation.standing import Standing
from shared.testing.clock import FrozenClock
from tests.grid.builders import until_it_waits
from tests.registry.builders import VILLAGE, a_number
from tests.registry.conftest import Client, Work
from tests.registry.consents.giving import recorded
from tests.registry.corrections.asking import APPROVER, approve
from tests.registry.corrections.asking import asking as correcting
from tests.registry.erasures.erasing import ASKER, DECIDER, NAME, PHONE, asking, order
from tests.registry.marriages.marrying import married
from tests.registry.steps import PERSONS, Json, given, last_event, move_out, register, reverse, start_tag
from tests.registry.tag_contacts.entering import entered, resident, somebody, stepped
from tests.registry.terms.entering import a_resident, enter
from tests.shared.ledgers.records.conftest import Published

WORDS, OTHER_NAME, SPOUSE, KIN = "只言片语", "莫离湘", "梁大山", "上官植入"
NUMBER = a_number(date(1960, 5, 17))
HEARD = (NAME, OTHER_NAME, PHONE, NUMBER, "一组九号", WORDS, SPOUSE, KIN, "13511112222", "机密")
"""Whatever was said of the person, and of whom only the person's entries tell."""

CARED = """
code: cared_for
title: 关爱对象
owner: registry
source: 测试
levels: [village]
subject: person
unique: [[number]]
fields:
  - {name: need, title: 需要, type: choice, search: true, required: true, choices: [{code: meal, title: 助餐}]}
  - {name: matter, title: 事由, type: long_text, privacy: personal}
  - {name: contact, title: 联系人, type: name, privacy: personal, search: true}
  - {name: number, title: 证件号码, type: identity_number, privacy: personal, search: true}
  - {name: secret, title: 内情, type: text, privacy: restricted}
  - {name: paper, title: 协议, type: file, privacy: personal}
statuses:
  - {code: asked, title: 已申请, initial: true}
  - {code: helped, title: 已帮扶}
  - {code: closed, title: 已结束, final: true}
steps:
  - {verb: close, title: 结束, from: [helped], to: closed, permission: record.write}
  - {verb: help, title: 帮扶, from: [asked], to: helped, permission: record.write, reason: true}
published: [need]
"""
OF_NOBODY = {
    "buildings": "an address of many",
    "book_closings": "why a month was reopened",
    "dead_letters": "of a county system, until it is decided or swept",
    "discrepancies": "of a book",
    "dwellings": "a room",
    "idempotency_keys": "for a day",
    "imports": "titles of columns",
    "ledger_closings": "why a month was reopened",
    "organisations": "of an organisation, by name",
    "organisation_versions": "of an organisation, by name",
    "reading_findings": "of who reads",
}
"""Tables that hold something sealed, and of which no row belongs to a person of the register."""

REACHED = {
    *("persons", "corrections", "reversals", "marriages", "tag_contacts", "tag_contact_versions", "terms"),
    *("term_versions", "consent_versions", "files", "ledger_records", "ledger_record_steps", "ledger_postings"),
}


def test_every_table_with_something_sealed_is_reached_or_belongs_to_nobody() -> None:
    sealed = {table.name for table in tables_with(sealed_columns, (KIT, Base.metadata))}
    assert sealed == REACHED | set(OF_NOBODY)


async def said_anywhere(database: Database, crypto: Crypto) -> dict[str, set[str]]:
    """What of `HEARD` can be read in each table, whatever is sealed in it opened."""
    found: dict[str, set[str]] = {}
    async with database.session() as session:
        for table in (one for target in (KIT, Base.metadata) for one in target.sorted_tables):
            for row in (await session.execute(select(table))).mappings():
                told = str({name: value for name, value in row.items() if not isinstance(value, bytes)})
                read = told + "".join(_opened(table, row, crypto))
                if words := {word for word in HEARD if word in read}:
                    found.setdefault(table.name, set()).update(words)
    return found


def _opened(table: Table, row: Any, crypto: Crypto) -> Sequence[str]:
    opened = []
    for name, how in sealed_columns(table).items():
        values = [b64decode(one) for _, one in row[name]] if how.paired else [row[name]]
        opened += [crypto.open(one, field=how.field, owner=how.owner_of(row)) for one in values if one]
    return opened


async def digests_of(database: Database, crypto: Crypto) -> set[str]:
    """Tables that hold a digest of the number or the name; of ledgers, any digest: they blind by ledger and field."""
    wanted = {key.digest for key in crypto.blind("citizen_id", NUMBER)}
    tokens = {one for name in (NAME, OTHER_NAME) for some in tokens_of(crypto, name).values() for one in some}
    found = set[str]()
    async with database.session() as session:
        for table in tables_with(blind_columns, (KIT, Base.metadata)):
            for row in (await session.execute(select(table))).mappings():
                held = [row[name] for name in blind_columns(table)]
                if table.name.startswith("ledger_") and any(isinstance(one, bytes) for one in held):
                    found.add(table.name)
                if any(one in wanted if isinstance(one, bytes) else set(one or ()) & tokens for one in held):
                    found.add(table.name)
    return found


async def lived(client_of: Client, committed: Database) -> tuple[Json, Json]:
    """Somebody of whom everything is kept that can be, who moved out; and a file's id by name."""
    role, area, subject = ASKER
    clerk = client_of(role, area, subject=subject)
    kept = {"name": NAME, "phone": PHONE, "address": "思孟村一组九号", "document": {"number": NUMBER}}
    person = await register(clerk, **kept)
    id_ = person["id"]

    async def file(content: bytes) -> str:
        return str(given(await clerk.post("/registry/v1/files", content=content), 201)["id"])

    evidence, paper = await file(b"%PDF-1.7 evidence"), await file(b"%PDF-1.7 a paper")
    made = given(await correcting(clerk, person, changes={"name": OTHER_NAME}, note=WORDS, evidence=[evidence]), 201)
    given(await approve(client_of("village_clerk", VILLAGE, subject="checks"), made, "check"))
    given(await approve(client_of(*APPROVER[:2], subject=APPROVER[2]), made, "approve"))
    await married(clerk, id_, spouse={"name": SPOUSE, "sex": "1", "birth_date": "1960-03-07"})
    tag = await start_tag(clerk, id_, "disabled")
    contact = await entered(clerk, tag, somebody(name=KIN, role="guardian"))
    given(
        await stepped(
            clerk, contact, "correct", relation="grandparent", began_on="2026-03-02", name=KIN, phone="13511112222"
        )
    )
    child = await register(clerk, birth_date="2016-05-17", name="覃小宝")
    of_child = await start_tag(clerk, child["id"], "left_behind_child")
    await entered(clerk, of_child, resident(id_, phone="13511112222"))
    term = await enter(clerk, a_resident(id_, phone=PHONE))
    given(
        await clerk.post(f"/registry/v1/terms/{term['id']}/end", json={"ended_on": "2026-03-02", "reason": "resigned"})
    )
    await recorded(clerk, person, reference=WORDS)
    await Published(committed).publish(CARED)
    path = "/registry/v1/ledgers/cared_for/records"
    values = {"need": "meal", "matter": WORDS, "contact": NAME, "number": NUMBER, "paper": paper}
    record = given(
        await clerk.post(path, json={"area": VILLAGE, "subject_id": id_, "values": values, "note": WORDS}), 201
    )
    given(await clerk.post(f"{path}/{record['id']}/steps/help", json={"reason": WORDS}))
    given(await move_out(clerk, id_, "2026-03-10"))
    reversal = {"reason": "not_happened", "note": WORDS}
    given(await reverse(clerk, id_, await last_event(clerk, id_), **reversal), 201)
    given(await move_out(clerk, id_, "2026-03-11"))
    return person, {"record": f"{path}/{record['id']}", "evidence": evidence, "paper": paper, "tag": tag["id"]} | {
        "contact": contact["id"],
        "correction": made["id"],
        "term": term["id"],
    }


async def test_nothing_that_was_said_of_the_person_is_left_and_all_that_is_counted_is(
    client_of: Client, county: None, committed: Database, crypto: Crypto, clock: FrozenClock, work: Work
) -> None:
    person, things = await lived(client_of, committed)
    clock.advance(days=5 * 366)
    await forget_answers(committed)
    before = await said_anywhere(committed, crypto)
    assert set(before) == REACHED - {"files", "ledger_postings"}, "everything is planted"
    assert await digests_of(committed, crypto) == {"person_digests", "person_names", "ledger_index", "ledger_keys"}
    counted = await figures(client_of)
    clerk, decider = client_of(*ASKER[:2], subject=ASKER[2]), client_of(*DECIDER[:2], subject=DECIDER[2])
    made = given(await asking(clerk, person["id"]), 201)
    given(await order(decider, made))
    await forget_answers(committed)
    assert await said_anywhere(committed, crypto) == {}
    assert await digests_of(committed, crypto) == set()
    assert await figures(client_of) == counted
    await reads_go_on(clerk, decider, person["id"], things)
    async with committed.session() as session:
        assert await Standing(session, (KIT, Base.metadata)).rows_not_under(crypto.field_keys[0]) == 0


async def forget_answers(database: Database) -> None:
    """Answers to repeated requests are kept for a day."""
    async with database.session() as session:
        await session.execute(text("DELETE FROM idempotency_keys"))
        await session.commit()


async def figures(client_of: Client) -> Json:
    """Books and counts of the village."""
    registrar = client_of(*DECIDER[:2])
    found = {}
    period = "from=2026-01-01&to=2026-12-31"
    for path in (f"balances?area={VILLAGE}&book=residence&{period}", f"persons/count?area={VILLAGE}&book=residence"):
        answer = await registrar.get(f"/registry/v1/{path}")
        assert answer.status_code == 200, answer.text
        found[path] = answer.json()
    return found


async def reads_go_on(clerk: AsyncClient, decider: AsyncClient, person: str, things: Json) -> None:
    """Whatever is read of the person is answered, without what was erased."""
    for path in ("", "/life-events", "/marriages", "/tags"):
        given(await clerk.get(f"{PERSONS}/{person}{path}"))
    full = given(await decider.get(f"{PERSONS}/{person}", params={"view": "full", "purpose": "verification"}))
    assert (full["name"], full["document_number"]) == ("已清除", None)
    contacts = given(await clerk.get(f"/registry/v1/tags/{things['tag']}/contacts"))["items"]
    assert [(one["name"], one["phone"]) for one in contacts] == [(None, None)]
    history = given(await clerk.get(f"/registry/v1/tag-contacts/{things['contact']}/history"))["items"]
    assert len(history) == 2
    given(await clerk.get(f"/registry/v1/terms/{things['term']}/history"))
    correction = given(await clerk.get(f"/registry/v1/corrections/{things['correction']}"))
    assert (correction["differences"], correction["note"]) == (None, None)
    record = given(await clerk.get(things["record"]))
    assert record["values"] == {"need": "meal"}
    given(await clerk.get(f"{things['record']}/history"))
    for file in (things["evidence"], things["paper"]):
        assert (await clerk.get(f"/registry/v1/files/{file}/content")).status_code == 404


async def test_what_is_asked_again_finds_nothing_more(
    client_of: Client, county: None, committed: Database, clock: FrozenClock, work: Work
) -> None:
    person, _ = await lived(client_of, committed)

    async def erase(context: UseCaseContext) -> dict[str, Any]:
        tasks = ErasureTasks(context, "registry")
        return dict(await tasks._erasers[0].erase([UUID(person["id"])]))

    once, twice = [await work(lambda registry: erase(registry._context)) for _ in range(2)]
    assert once == {"records": 1, "notes": 2, "files": 1}
    assert twice == {"records": 0, "notes": 0, "files": 0}


SERVICE = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'resealed_only'"


async def test_every_history_with_something_sealed_changes_only_by_sealing_anew_or_erasing(
    client_of: Client, county: None, committed: Database
) -> None:
    await lived(client_of, committed)
    async with committed.session() as session:
        guarded = set(await session.scalars(text(SERVICE)))
        sealed = tables_with(sealed_columns, (KIT, Base.metadata))
        assert guarded == {table.name for table in sealed if is_append_only(table)}
        for column in ("E'\\\\x0102'::bytea", "contact_sealed || 'x'::bytea"):
            with pytest.raises(DBAPIError, match="are not changed"):
                await session.execute(text(f"UPDATE tag_contact_versions SET contact_sealed = {column}"))
            await session.rollback()
        await session.execute(text("UPDATE tag_contact_versions SET contact_sealed = ''"))
        with pytest.raises(DBAPIError, match="are not changed"):
            await session.execute(text("UPDATE tag_contact_versions SET contact_sealed = 'back'"))


async def test_whoever_changes_a_contact_meanwhile_writes_nothing_back(
    client_of: Client, county: None, committed: Database
) -> None:
    """A contact of somebody else's tag is changed under the lock on that one, and so is it erased."""
    clerk, decider = client_of(*ASKER[:2], subject=ASKER[2]), client_of(*DECIDER[:2], subject=DECIDER[2])
    child = await register(clerk, birth_date="2016-05-17", name="覃小宝")
    tag = await start_tag(clerk, child["id"], "left_behind_child")
    person = await register(clerk, occurred_on="2010-01-01")
    await entered(clerk, tag, resident(person["id"], phone=PHONE))
    given(await move_out(clerk, person["id"], "2019-01-01"))
    made = given(await asking(clerk, person["id"]), 201)
    async with committed.session() as changing:
        lock = text("SELECT 1 FROM persons WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE")
        await changing.execute(lock, {"id": child["id"]})
        ordering = asyncio.create_task(order(decider, made))
        await until_it_waits(ordering, committed)
        assert not ordering.done()
        await changing.rollback()
    given(await ordering)
