"""Proofs over HTTP: what a counter is shown and may seal, what a wrong try tells, what is seen at home."""

import asyncio
from itertools import product
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import event, text

from services.registry.proofs.domain import ProofDecided, ProofStatus, require_transition
from services.registry.proofs.repository import ProofRepository
from shared.crypto.extracts import ExtractReader
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, FARTHER, SISTER, VILLAGE, a_number
from tests.registry.conftest import Client
from tests.registry.persons.test_numbers import lines, logged
from tests.registry.proofs.proving import PHONE, a_proof, close, code_of, listed, prove, seal
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    PERSONS,
    PROOFS,
    Json,
    assert_not_found,
    assert_refused,
    die,
    given,
    register,
)

WRONG = "13900000000"


async def numbered(client: Any, **what: Any) -> tuple[str, str]:
    """Somebody of VILLAGE, and the number."""
    number = a_number()
    return (await register(client, document={"number": number}, **what))["id"], number


def told(proof: Json) -> Json:
    """What a counter is shown, but for the id."""
    return {name: value for name, value in proof.items() if name != "id"}


async def test_a_resident_of_another_village_is_served_at_a_counter_and_seen_at_home(
    client_of: Client, county: None, reader: ExtractReader, clock: FrozenClock
) -> None:
    clerk, far = client_of(*CLERK, subject="home"), client_of(*FAR_CLERK, subject="counter")
    person, number = await numbered(clerk)
    proof = await prove(far, number, phone="138 0774 8000")
    assert (proof["status"], proof["person"]["id"], proof["person"]["name"]) == ("open", person, "覃*英")
    assert (await far.get(f"{PERSONS}/{person}")).status_code == 404, "a proof opens one counter, not the register"
    sealed = given(await seal(far, proof), 201)
    extract = reader.read(sealed["extract"], audience="services_hall", now=clock.now())
    assert (str(extract.person_id), extract.place, extract.purpose) == (person, FAR, "case_handling")
    assert extract.fields["document_number"] == number
    (seen,) = await listed(clerk, VILLAGE, "home")
    assert (seen["id"], seen["opened_by"], seen["place"], seen["uses"]) == (proof["id"], "counter", FAR, 1)
    assert seen["person"]["id"] == person
    noted = [one for one in await lines(client_of, {"id": person}) if one[0] == "counter" and "proof" in one[1]]
    assert noted == [
        ("counter", "open_proof", "masked", "ok"),
        ("counter", "extract_by_proof", "full", "ok"),
    ]


async def test_a_wrong_try_tells_nothing_and_stands_at_home(
    client_of: Client, county: None, committed: Database
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK, subject="guesses")
    person, number = await numbered(clerk)
    _, dead = await numbered(clerk)
    _, silent = await numbered(clerk, phone=None)
    await die(clerk, (await listed_person(clerk, dead)), "2026-03-09")
    tries = [
        a_proof(number, phone=WRONG),
        a_proof(a_number()),
        a_proof(dead),
        a_proof(silent),
        a_proof(number, phone="not a phone"),
    ]
    answers = [await far.post(PROOFS, json=one) for one in tries]
    failed = [given(one, 201) for one in answers]
    assert failed[0]["status"] == "failed"
    assert all(told(one) == told(failed[0]) for one in failed)
    assert len({str(sorted((name, len(value)) for name, value in one.headers.items())) for one in answers}) == 1
    shown = [given(await far.get(f"{PROOFS}/{one['id']}")) for one in failed]
    assert all(told(one) == told(failed[0]) for one in shown)
    for one in failed:
        assert_refused(await seal(far, one), "proof_over")
        assert_refused(await close(far, one), "proof_not_open")
    assert [told(one) for one in await listed(far, FAR, "counter")] == [told(failed[0])] * 5
    assert await listed(far, FAR, "home") == []
    assert {one["person"]["id"] for one in await listed(clerk, VILLAGE, "home")} >= {person}
    assert len(await listed(clerk, VILLAGE, "home")) == 4, "all but the number that nobody has"
    assert [result for action, *_, result in await logged(committed, "guesses") if action == "open_proof"] == [
        "refused"
    ] * 5


async def listed_person(client: Any, number: str) -> str:
    """Who has the number."""
    asked = {"document_number": number, "purpose": "verification"}
    found = given(await client.post(f"{PERSONS}/search", json=asked))
    return str(found["items"][0]["id"])


async def test_a_try_runs_the_same_statements_whoever_has_the_number(
    client_of: Client, county: None, committed: Database
) -> None:
    far = client_of(*FAR_CLERK)
    _, number = await numbered(client_of(*CLERK))
    await prove(far, a_number())  # what is remembered from the first request on
    sent: list[list[str]] = []
    engine = committed.engine.sync_engine

    def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent[-1].append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    try:
        for what in ({"phone": WRONG}, {"phone": None, "code": "00000000"}):
            for one in (number, a_number()):
                sent.append([])
                made = await prove(far, one, **what)
                await far.get(f"{PROOFS}/{made['id']}")
                await seal(far, made)
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert sent[0] == sent[1]
    assert sent[2] == sent[3]
    async with committed.session() as session:  # somebody holds the person's row
        await session.execute(text("SELECT 1 FROM persons FOR UPDATE"))
        async with asyncio.timeout(5):
            await prove(far, number)


async def test_after_five_wrong_tries_no_proof_is_taken_for_a_day(
    client_of: Client, county: None, clock: FrozenClock
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    person, number = await numbered(clerk)
    answers = await asyncio.gather(*(prove(far, number, phone=WRONG) for _ in range(4)))
    assert {one["status"] for one in answers} == {"failed"}
    assert (await prove(far, number))["status"] == "open", "four are forgiven"
    await prove(client_of("village_clerk", FARTHER, subject="another"), number, place=FARTHER, phone=WRONG)
    assert (await prove(far, number))["status"] == "failed"
    assert (await prove(far, number, phone=None, code=await code_of(clerk, person)))["status"] == "failed"
    clock.advance(hours=24, seconds=1)
    assert (await prove(far, number))["status"] == "open"


async def test_tries_of_one_number_wait_for_each_other(client_of: Client, county: None, committed: Database) -> None:
    """Else many at once would all be the fifth."""
    far = client_of(*FAR_CLERK)
    person, number = await numbered(client_of(*CLERK))
    async with committed.session() as session, committed.session() as look:
        await ProofRepository(session).hold(UUID(person))
        second = asyncio.create_task(prove(far, number))
        while not second.done() and not await look.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            await look.rollback()
        assert not second.done()
        await prove(far, a_number())  # another number waits for nobody
        await session.rollback()
    assert (await second)["status"] == "open"


async def test_tries_are_counted_as_questions_about_numbers(client_of: Client, app: FastAPI, county: None) -> None:
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": 2})
    far = client_of(*FAR_CLERK, subject="guesses")
    codes = [(await far.post(PROOFS, json=a_proof(a_number()))).status_code for _ in range(3)]
    assert codes == [201, 201, 429]


async def test_a_code_serves_once_for_fifteen_minutes_and_for_its_resident(
    client_of: Client, county: None, committed: Database, clock: FrozenClock
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    person, number = await numbered(clerk, phone=None)
    _, other = await numbered(clerk)

    async def tried(number: str, code: str) -> str:
        return str((await prove(far, number, phone=None, code=code))["status"])

    first = await code_of(clerk, person)
    assert len(first) == 8
    assert await tried(other, first) == "failed"
    second = await code_of(clerk, person)
    if first != second:
        assert await tried(number, first) == "failed", "the next one ends it"
    both = await asyncio.gather(tried(number, second), tried(number, second))
    assert sorted(both) == ["failed", "open"]
    late = await code_of(clerk, person)
    clock.advance(minutes=15)
    assert await tried(number, late) == "failed"
    async with committed.session() as session:
        stored = (await session.execute(text("SELECT to_jsonb(t)::text FROM proof_codes t"))).scalars().all()
    assert not any(code in str(stored) for code in (first, second, late))
    assert_not_found(await far.post(f"{PERSONS}/{person}/proof-codes"))


async def test_a_proof_serves_for_its_minutes_its_counter_and_who_opened_it(
    client_of: Client, county: None, clock: FrozenClock
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK, subject="counter")
    _, number = await numbered(clerk)
    proof = await prove(far, number)
    colleague = client_of(*FAR_CLERK, subject="colleague")
    assert given(await colleague.get(f"{PROOFS}/{proof['id']}"))["person"] is None
    assert_not_found(await seal(colleague, proof))
    moved = client_of("village_clerk", FARTHER, subject="counter")  # the same person, who works elsewhere now
    assert_not_found(await seal(moved, proof))
    clock.advance(minutes=15)
    assert_refused(await seal(far, proof), "proof_over")
    assert given(await far.get(f"{PROOFS}/{proof['id']}"))["person"] is None


async def test_a_proof_is_closed_at_the_counter_or_at_home(client_of: Client, county: None) -> None:
    clerk, far = client_of(*CLERK, subject="home"), client_of(*FAR_CLERK)
    _, number = await numbered(clerk)
    for client in (far, clerk):
        proof = await prove(far, number)
        done = given(await close(client, proof))
        assert (done["status"], done["version"]) == ("closed", 2)
        assert_refused(await seal(far, proof), "proof_over")
        assert_refused(await close(far, proof), "proof_not_open")


async def test_others_see_nothing_of_a_proof(client_of: Client, county: None) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    _, number = await numbered(clerk)
    proof = await prove(far, number)
    for area in (SISTER, FARTHER):
        stranger = client_of("village_clerk", area)
        assert_not_found(await stranger.get(f"{PROOFS}/{proof['id']}"))
        assert_not_found(await seal(stranger, proof))
        assert_not_found(await close(stranger, proof))
        assert await listed(stranger, area, "home") == await listed(stranger, area, "counter") == []
    for side in ("counter", "home"):
        assert_not_found(await far.get(PROOFS, params={"area": VILLAGE, "side": side}))
        assert len(await listed(far, COUNTY, side)) == (1 if side == "counter" else 0)
    assert_not_found(await far.post(PROOFS, json=a_proof(number, place=VILLAGE)))
    wrong = await far.post(PROOFS, json=a_proof(number, purpose="statistics"))
    assert [one["code"] for one in wrong.json()["errors"]] == ["no_extract"]
    assert (await far.post(PROOFS, json=a_proof(number, code="12345678"))).status_code == 422


async def test_nothing_of_what_was_said_is_kept(client_of: Client, county: None, committed: Database) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    _, number = await numbered(clerk)
    await prove(far, number)
    await prove(far, number, phone=WRONG)
    async with committed.session() as session:
        for table in ("proofs", "access_log", "outbox"):
            rows = (await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))).scalars().all()
            for plain in (number, number[6:14], PHONE, WRONG):
                assert plain not in str(rows), (table, plain)


def test_a_proof_goes_these_ways_and_no_others() -> None:
    for present, to in product(ProofStatus, ProofStatus):
        try:
            require_transition(str(present), to)
        except ProofDecided:
            assert (present, to) != ("open", "closed")
        else:
            assert (present, to) == ("open", "closed")
