"""Erasures by other ways: round the decision, round the law, after the erasure, and while something else happens."""

import asyncio
from collections.abc import Sequence
from datetime import date

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from services.registry.erasures.service import answers as answering
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from tests.grid.builders import until_it_waits
from tests.registry.bindings.binding import bound
from tests.registry.builders import COUNTY, VILLAGE, a_number
from tests.registry.conftest import Client, Work
from tests.registry.erasures.erasing import (
    ASKER,
    DECIDER,
    OTHERS,
    PHONE,
    Answers,
    asking,
    erasure_of,
    gone,
    order,
    refuse,
    withdraw,
)
from tests.registry.erasures.test_reaching import CARED
from tests.registry.proofs.proving import code_of, prove
from tests.registry.steps import CLERK, OWN, PROOFS, Json, assert_refused, given, move_out, register, start_tag
from tests.registry.tag_contacts.entering import entered, resident, stepped
from tests.registry.terms.entering import a_resident, enter
from tests.shared.ledgers.records.conftest import Published

BODY = {"ground": "consent_withdrawn"}


@pytest.fixture
def asker(client_of: Client, county: None) -> AsyncClient:
    role, area, subject = ASKER
    return client_of(role, area, subject=subject)


@pytest.fixture
def decider(client_of: Client, county: None) -> AsyncClient:
    role, area, subject = DECIDER
    return client_of(role, area, subject=subject)


@pytest.fixture
def answers(committed: Database, clock: FrozenClock, crypto: Crypto) -> Answers:
    return Answers(committed, clock, crypto)


async def test_what_the_person_asked_for_no_officer_takes_back(
    client_of: Client, asker: AsyncClient, decider: AsyncClient
) -> None:
    """Else a clerk would refuse it, alone, below the county and without a reason."""
    mine, person = await bound(client_of, asker, occurred_on="2010-01-01")
    given(await move_out(asker, person["id"], "2019-01-01"))
    made = given(await mine.post(f"{OWN}/erasures", json=BODY), 201)
    for officer in (asker, decider):
        assert_refused(await withdraw(officer, made), "erasure_of_own_wish")
    assert (await erasure_of(asker, made))["status"] == "requested"
    assert given(await mine.post(f"{OWN}/erasures/{made['id']}/withdraw"))["status"] == "withdrawn"
    assert_refused(await withdraw(asker, made), "erasure_decided")


async def test_what_was_asked_for_at_a_counter_is_taken_back_there_alone(
    client_of: Client, asker: AsyncClient, decider: AsyncClient
) -> None:
    number = a_number(date(1960, 5, 17))
    person = await gone(asker, document={"number": number})
    counter = client_of(*CLERK, subject="counter")
    code = await code_of(asker, person["id"])
    proof = await prove(counter, number, code=code, phone=None, purpose="self", place=VILLAGE)
    made = given(await counter.post(f"{PROOFS}/{proof['id']}/erasures", json=BODY), 201)
    for officer in (asker, decider):
        assert_refused(await withdraw(officer, made), "erasure_of_own_wish")
    assert given(await withdraw(counter, made))["status"] == "withdrawn"


async def test_an_officer_does_not_decide_over_the_own_entry(client_of: Client, asker: AsyncClient) -> None:
    """Whoever asked: the officer's login is bound to the person."""
    _, person = await bound(client_of, asker, subject="both", occurred_on="2010-01-01")
    given(await move_out(asker, person["id"], "2019-01-01"))
    made = given(await asking(asker, person["id"]), 201)
    both = client_of("county_registrar", COUNTY, subject="both")
    for decide in (order, refuse):
        assert_refused(await decide(both, made), "erasure_four_eyes")
    assert (await erasure_of(asker, made))["status"] == "requested"


async def test_a_restored_register_learns_of_a_decision_though_another_request_waits_there(
    asker: AsyncClient, answers: Answers
) -> None:
    """By the backup one request waits; since then it was taken back, and another one was decided."""
    person = await gone(asker)
    before = given(await asking(asker, person["id"]), 201)
    lost: Json = {"id": str(new_id())}
    await answers.take("grid", lost, [person["id"]], records=1)
    assert (await erasure_of(asker, lost))["status"] == "ordered"
    assert (await erasure_of(asker, before))["status"] == "withdrawn"


async def test_a_request_of_before_that_was_decided_after_all_takes_the_place_of_one_that_waits(
    asker: AsyncClient, decider: AsyncClient, answers: Answers
) -> None:
    person = await gone(asker)
    first = given(await asking(asker, person["id"]), 201)
    given(await withdraw(asker, first))
    second = given(await asking(asker, person["id"]), 201)
    await answers.take("grid", first, [person["id"]], records=1)
    assert (await erasure_of(asker, first))["status"] == "ordered"
    assert (await erasure_of(asker, second))["status"] == "withdrawn"


async def test_those_who_wait_hold_up_nobody(
    asker: AsyncClient, answers: Answers, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "BATCH", 1)
    people = [await register(asker, occurred_on="2010-01-01") for _ in range(3)]
    erasures: list[Json] = [{"id": str(one)} for one in sorted(new_id() for _ in people)]
    for erasure, person in zip(erasures, people, strict=True):
        for service in OTHERS:
            await answers.take(service, erasure, [person["id"]])
    given(await move_out(asker, people[1]["id"], "2019-01-01"))
    while await work(lambda registry: registry.erasure_answers.erase_left()):
        pass
    assert [(await erasure_of(asker, one))["status"] for one in erasures] == ["ordered", "done", "ordered"]


async def test_an_answer_that_is_first_read_in_a_rebuild_counts(
    asker: AsyncClient, decider: AsyncClient, committed: Database, clock: FrozenClock, crypto: Crypto, answers: Answers
) -> None:
    person = await gone(asker)
    made = given(await asking(asker, person["id"]), 201)
    given(await order(decider, made))
    shadow = Answers(committed, clock, crypto, shadow=True)
    for service in OTHERS:
        await shadow.take(service, made, [person["id"]], records=1)
    done = await erasure_of(asker, made)
    assert done["status"] == "done"
    again = Answers(committed, clock, crypto, shadow=True)
    await again.take(OTHERS[0], made, [person["id"]], version=2, done=False, kept=1)
    assert await erasure_of(asker, made) == done, "what a rebuild reads of before takes nothing back"


async def test_nothing_is_entered_about_who_was_erased(
    asker: AsyncClient, decider: AsyncClient, committed: Database
) -> None:
    await Published(committed).publish(CARED)
    person = await gone(asker)
    path = "/registry/v1/ledgers/cared_for/records"
    values = {"need": "meal", "matter": "又写上"}
    kept = given(await asker.post(path, json={"area": VILLAGE, "subject_id": person["id"], "values": values}), 201)
    given(await order(decider, given(await asking(asker, person["id"]), 201)))
    new = await asker.post(path, json={"area": VILLAGE, "subject_id": person["id"], "values": values})
    assert_refused(new, "record_subject_erased")
    corrected = await asker.post(f"{path}/{kept['id']}/correct", json={"values": values}, headers={"if-match": "*"})
    assert_refused(corrected, "record_subject_erased")
    given(await asker.post(f"{path}/{kept['id']}/steps/help", json={"reason": "不再需要"}))


async def sealed_records(database: Database) -> Sequence[str]:
    """Records in which something is sealed."""
    held = "masked IS NOT NULL OR personal IS NOT NULL OR restricted IS NOT NULL"
    async with database.session() as session:
        return list(await session.scalars(text(f"SELECT CAST(id AS text) FROM ledger_records WHERE {held}")))


async def test_a_record_that_is_opened_meanwhile_is_refused_or_erased(
    asker: AsyncClient, decider: AsyncClient, committed: Database
) -> None:
    await Published(committed).publish(CARED)
    person = await gone(asker)
    made = given(await asking(asker, person["id"]), 201)
    path = "/registry/v1/ledgers/cared_for/records"
    body = {"area": VILLAGE, "subject_id": person["id"], "values": {"need": "meal", "matter": "又写上"}}
    async with committed.session() as erasing:
        await erasing.execute(text("LOCK TABLE ledger_record_steps IN ACCESS EXCLUSIVE MODE"))
        opening = asyncio.create_task(asker.post(path, json=body))
        await until_it_waits(opening, committed)
        ordering = asyncio.create_task(order(decider, made))
        await asyncio.wait({ordering}, timeout=2)
        await erasing.rollback()
    opened, ordered = await opening, await ordering
    assert (opened.status_code, ordered.status_code) == (201, 200)
    assert await sealed_records(committed) == []


async def test_contacts_and_terms_of_who_was_erased_take_no_phone(asker: AsyncClient, decider: AsyncClient) -> None:
    child = await register(asker, birth_date="2016-05-17", name="覃小宝")
    tag = await start_tag(asker, child["id"], "left_behind_child")
    person = await register(asker, occurred_on="2010-01-01")
    contact = await entered(asker, tag, resident(person["id"], phone=PHONE))
    term = await enter(asker, a_resident(person["id"], phone=PHONE))
    given(await move_out(asker, person["id"], "2019-01-01"))
    given(await order(decider, given(await asking(asker, person["id"]), 201)))
    again = {"relation": contact["relation"], "began_on": contact["began_on"], "phone": "13511112222"}
    assert_refused(await stepped(asker, contact, "correct", **again), "person_erased")
    body = a_resident(person["id"], phone="13511112222")
    corrected = await asker.post(f"/registry/v1/terms/{term['id']}/correct", json=body, headers={"if-match": "*"})
    assert_refused(corrected, "person_erased")


async def test_two_who_are_guardians_of_each_other_are_locked_in_the_order_of_ids_by_either_erasure(
    asker: AsyncClient, decider: AsyncClient, committed: Database
) -> None:
    """Each erasure would hold its own person, and wait for the other one for ever."""
    first, last = sorted([await register(asker, occurred_on="2010-01-01") for _ in range(2)], key=lambda one: one["id"])
    for ward, guardian in ((first, last), (last, first)):
        tag = await start_tag(asker, ward["id"], "disabled")
        await entered(asker, tag, resident(guardian["id"], relation="kin"))
    for one in (first, last):
        given(await move_out(asker, one["id"], "2019-01-01"))
    made = [given(await asking(asker, one["id"]), 201) for one in (first, last)]
    async with committed.session() as merging, committed.session() as looking:
        lock = "SELECT 1 FROM persons WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE"
        await merging.execute(text(lock), {"id": first["id"]})
        ordering = asyncio.create_task(order(decider, made[1]))
        await until_it_waits(ordering, committed)
        free = await looking.scalar(text(f"{lock} SKIP LOCKED"), {"id": last["id"]})
        await looking.rollback()
        await merging.rollback()
    given(await ordering)
    assert free == 1, "who locks the first is not waited for by somebody who holds the last"
    given(await order(decider, made[0]))


async def test_erasures_of_two_who_are_contacts_of_each_other_at_once_are_both_carried_out(
    asker: AsyncClient, decider: AsyncClient, committed: Database
) -> None:
    pair = [await register(asker, occurred_on="2010-01-01") for _ in range(2)]
    for ward, guardian in (pair, pair[::-1]):
        tag = await start_tag(asker, ward["id"], "disabled")
        await entered(asker, tag, resident(guardian["id"], relation="kin"))
    for one in pair:
        given(await move_out(asker, one["id"], "2019-01-01"))
    made = [given(await asking(asker, one["id"]), 201) for one in pair]
    async with committed.session() as holding:
        await holding.execute(text("LOCK TABLE reversals IN ACCESS EXCLUSIVE MODE"))
        both = [asyncio.create_task(order(decider, one)) for one in made]
        await until_it_waits(both[0], committed)
        await asyncio.wait(set(both), timeout=1)
        await holding.rollback()
    assert [(await one).status_code for one in both] == [200, 200]
    assert [(await erasure_of(asker, one))["version"] for one in made] == [2, 2]


async def test_the_people_of_others_tags_are_locked_in_the_order_of_their_ids(
    asker: AsyncClient, decider: AsyncClient, committed: Database
) -> None:
    """As everybody locks several persons: else two who lock the same ones wait for each other for ever."""
    person = await register(asker, occurred_on="2010-01-01")
    children = [await register(asker, birth_date="2016-05-17", name="覃小宝") for _ in range(2)]
    first, last = sorted(one["id"] for one in children)
    for child in (last, first):
        await entered(asker, await start_tag(asker, child, "left_behind_child"), resident(person["id"]))
    given(await move_out(asker, person["id"], "2019-01-01"))
    made = given(await asking(asker, person["id"]), 201)
    async with committed.session() as changing, committed.session() as looking:
        lock = "SELECT 1 FROM persons WHERE id = CAST(:id AS uuid) FOR NO KEY UPDATE"
        await changing.execute(text(lock), {"id": first})
        ordering = asyncio.create_task(order(decider, made))
        await until_it_waits(ordering, committed)
        free = await looking.scalar(text(f"{lock} SKIP LOCKED"), {"id": last})
        await looking.rollback()
        await changing.rollback()
    given(await ordering)
    assert free == 1, "the last is locked after the first"
