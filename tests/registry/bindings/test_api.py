"""Bindings over HTTP: what binds a login, what a wrong try tells, who takes it off, whom it serves afterwards."""

import asyncio
from itertools import product
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import event, text

from services.registry.bindings.domain import TRANSITIONS, BindingOver, BindingStatus, require_transition
from services.registry.proofs.repository import ProofRepository
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.bindings.binding import BINDINGS, WRONG, bind, bound, listed, resident
from tests.registry.builders import FAR, SISTER, TOWN, a_number
from tests.registry.conftest import Client
from tests.registry.persons.test_numbers import lines, logged
from tests.registry.proofs.proving import code_of
from tests.registry.steps import (
    CLERK,
    DUPLICATES,
    OWN,
    PERSONS,
    assert_not_found,
    assert_refused,
    die,
    given,
    proposed,
    register,
)

WAITING = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def told(binding: dict[str, Any]) -> dict[str, Any]:
    """What a login is shown of a try, but for the id."""
    return {name: value for name, value in binding.items() if name != "id"}


async def test_a_login_is_bound_by_number_and_code_and_taken_off_by_either_side(
    client_of: Client, county: None, committed: Database
) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    mine, person = await bound(client_of, clerk)
    assert_refused(await mine.post(f"{OWN}/binding", json={"document_number": a_number(), "code": WRONG}),
                   "account_already_bound")  # fmt: skip
    assert given(await mine.get(f"{OWN}/data"))["id"] == person["id"]
    first = given(await mine.get(f"{OWN}/binding"))
    ended = given(await mine.post(f"{OWN}/binding/end", headers={"if-match": '"1"'}))
    assert (ended["status"], ended["end_reason"], ended["version"]) == ("ended", "own_wish", 2)
    assert_refused(await mine.get(f"{OWN}/data"), "account_not_bound")
    assert_refused(await mine.post(f"{OWN}/binding/end"), "account_not_bound")

    number = given(await client_of("county_registrar", "450481").get(
        f"{PERSONS}/{person['id']}", params={"view": "full", "purpose": "verification"}
    ))["document_number"]  # fmt: skip
    assert (await bind(mine, number, await code_of(clerk, person["id"])))["status"] == "bound"
    other = resident(client_of, "resident-2")
    assert (await bind(other, number, await code_of(clerk, person["id"])))["status"] == "bound"
    assert_refused(await mine.get(f"{OWN}/data"), "account_not_bound")
    newest, replaced, oldest = await listed(clerk, person["id"])
    assert (newest["subject"], newest["status"]) == ("resident-2", "bound")
    assert (replaced["end_reason"], replaced["ended_by"]) == ("replaced", "resident-2")
    assert (oldest["id"], oldest["end_reason"]) == (first["id"], "own_wish")

    path = f"{BINDINGS}/{newest['id']}/end"
    assert_not_found(await client_of("village_clerk", SISTER).post(path, json={"reason": "lost_phone"}))
    assert_not_found(await client_of("village_clerk", FAR).get(f"{PERSONS}/{person['id']}/bindings"))
    wrong = await clerk.post(path, json={"reason": "own_wish"})
    assert [(one["path"], one["code"]) for one in wrong.json()["errors"]] == [("reason", "not_at_home")]
    done = given(await clerk.post(path, json={"reason": "lost_phone"}, headers={"if-match": '"1"'}))
    assert (done["end_reason"], done["ended_by"]) == ("lost_phone", "clerk")
    assert_refused(await clerk.post(path, json={"reason": "lost_phone"}), "binding_over")
    assert_refused(await other.get(f"{OWN}/data"), "account_not_bound")
    noted = [one[1:] for one in await lines(client_of, person) if one[0] == "resident-2"]
    assert noted == [("bind_account", "existence", "ok")]
    async with committed.session() as session:
        for table in ("bindings", "access_log", "outbox"):
            rows = (await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))).scalars().all()
            assert number not in str(rows), table


async def test_a_wrong_try_tells_nothing_runs_the_same_statements_and_stands_at_home(
    client_of: Client, county: None, committed: Database
) -> None:
    clerk, mine = client_of(*CLERK), resident(client_of, "guesses")
    number, dead = a_number(), a_number()
    person, other = [await register(clerk, document={"number": one}) for one in (number, dead)]
    code = await code_of(clerk, other["id"])
    given(await die(clerk, other["id"], "2026-03-09"))
    await bind(mine, a_number(), WRONG)  # what is remembered from the first request on
    sent: list[list[str]] = []
    engine = committed.engine.sync_engine

    def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent[-1].append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    try:
        failed = []
        for one, said in ((number, WRONG), (number, code), (dead, code), (a_number(), code)):
            sent.append([])
            failed.append(await bind(mine, one, said))
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert failed[0]["status"] == "failed"
    assert all(told(one) == told(failed[0]) for one in failed)
    assert all(one == sent[0] for one in sent)
    assert_refused(await mine.get(f"{OWN}/binding"), "account_not_bound")
    assert [one["subject"] for one in await listed(clerk, person["id"])] == ["guesses"] * 2
    results = [result for action, *_, result in await logged(committed, "guesses") if action == "bind_account"]
    assert results == ["refused"] * 5


async def test_after_five_wrong_tries_of_a_number_or_by_a_login_none_is_taken_for_a_day(
    client_of: Client, app: FastAPI, county: None, clock: FrozenClock
) -> None:
    clerk, number = client_of(*CLERK), a_number()
    person = await register(clerk, document={"number": number})
    for n in range(5):
        await bind(resident(client_of, f"guesses-{n}"), number, WRONG)
    mine = resident(client_of)
    assert (await bind(mine, number, await code_of(clerk, person["id"])))["status"] == "failed"
    free = a_number()
    second = await register(clerk, document={"number": free})
    spree = resident(client_of, "spree")
    for _ in range(5):
        await bind(spree, a_number(), WRONG)
    assert (await bind(spree, free, await code_of(clerk, second["id"])))["status"] == "failed"
    clock.advance(hours=24, seconds=1)
    assert (await bind(mine, number, await code_of(clerk, person["id"])))["status"] == "bound"
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": 2})
    quick = resident(client_of, "quick")
    body = {"document_number": free, "code": WRONG}
    assert [(await quick.post(f"{OWN}/binding", json=body)).status_code for _ in range(3)] == [201, 201, 429]


async def test_a_binding_serves_the_living_and_follows_a_merge(client_of: Client, county: None) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of("town_officer", TOWN, subject="officer")
    mine, person = await bound(client_of, clerk)
    survivor = await register(clerk, name="覃秀英", phone="13807748111")
    pair = await proposed(clerk, person["id"], survivor["id"])
    merged = given(await officer.post(f"{DUPLICATES}/{pair['id']}/approve"))
    assert merged["status"] == "same"
    assert given(await mine.get(f"{OWN}/data"))["id"] == survivor["id"]
    given(await die(clerk, survivor["id"], "2026-03-09"))
    assert_refused(await mine.get(f"{OWN}/data"), "account_not_bound")


async def test_home_sees_and_ends_the_login_of_a_duplicate_and_a_newer_one_takes_its_place(
    client_of: Client, county: None
) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of("town_officer", TOWN, subject="officer")
    mine, person = await bound(client_of, clerk)
    number = a_number()
    survivor = await register(clerk, phone="13807748111", document={"number": number})
    pair = await proposed(clerk, person["id"], survivor["id"])
    given(await officer.post(f"{DUPLICATES}/{pair['id']}/approve"))
    assert given(await mine.get(f"{OWN}/data"))["id"] == survivor["id"]
    assert [(one["subject"], one["status"]) for one in await listed(clerk, survivor["id"])] == [("resident-1", "bound")]
    newer = resident(client_of, "resident-2")
    assert (await bind(newer, number, await code_of(clerk, survivor["id"])))["status"] == "bound"
    assert_refused(await mine.get(f"{OWN}/data"), "account_not_bound")
    newest, before = await listed(clerk, survivor["id"])
    assert (newest["subject"], before["end_reason"]) == ("resident-2", "replaced")
    path = f"{BINDINGS}/{newest['id']}/end"
    assert given(await clerk.post(path, json={"reason": "lost_phone"}))["status"] == "ended"


async def test_a_code_binds_nobody_who_gave_it_out(client_of: Client, county: None) -> None:
    number = a_number()
    both, other = client_of(*CLERK, subject="both"), client_of(*CLERK, subject="other")
    person = await register(both, document={"number": number})
    itself = resident(client_of, "both")  # a clerk who has a resident's grant as well
    assert (await bind(itself, number, await code_of(both, person["id"])))["status"] == "failed"
    assert_refused(await itself.get(f"{OWN}/data"), "account_not_bound")
    assert (await bind(itself, number, await code_of(other, person["id"])))["status"] == "bound"


async def test_of_two_logins_with_one_code_one_is_bound_and_one_login_is_bound_once(
    client_of: Client, county: None, committed: Database
) -> None:
    clerk, number = client_of(*CLERK), a_number()
    person = await register(clerk, document={"number": number})
    code = await code_of(clerk, person["id"])
    both = await asyncio.gather(*(bind(resident(client_of, f"resident-{n}"), number, code) for n in (1, 2)))
    assert sorted(one["status"] for one in both) == ["bound", "failed"]
    numbers = [a_number(), a_number()]
    codes = [await code_of(clerk, (await register(clerk, document={"number": one}))["id"]) for one in numbers]
    login = resident(client_of, "both")
    answers = await asyncio.gather(
        *(login.post(f"{OWN}/binding", json={"document_number": one, "code": code})
          for one, code in zip(numbers, codes, strict=True))
    )  # fmt: skip
    assert sorted(one.status_code for one in answers) == [201, 409]
    async with committed.session() as session:
        held = text("SELECT count(*) FROM bindings WHERE status = 'bound' AND subject = 'both'")
        assert await session.scalar(held) == 1


async def test_tries_by_one_login_are_counted_one_after_the_other(
    client_of: Client, county: None, committed: Database
) -> None:
    """Sent all at once, none of them would know of the others: each would be the first."""
    clerk, mine = client_of(*CLERK), resident(client_of, "guesses")
    first, number = a_number(), a_number()
    tried, person = [await register(clerk, document={"number": one}) for one in (first, number)]
    code = await code_of(clerk, person["id"])
    for _ in range(4):
        await bind(mine, a_number(), WRONG)
    async with committed.session() as other, committed.session() as look:
        await ProofRepository(other).hold(UUID(tried["id"]))
        fifth = asyncio.create_task(bind(mine, first, WRONG))
        while not await look.scalar(WAITING):
            await look.rollback()
        right = asyncio.create_task(bind(mine, number, code))
        while not right.done() and await look.scalar(WAITING) < 2:
            await look.rollback()
        await other.rollback()
    assert [(await one)["status"] for one in (fifth, right)] == ["failed", "failed"]


def test_a_binding_goes_these_ways_and_no_others() -> None:
    assert set(TRANSITIONS) == set(BindingStatus)
    for present, to in product(BindingStatus, BindingStatus):
        try:
            require_transition(str(present), to)
        except BindingOver:
            assert (present, to) != ("bound", "ended")
        else:
            assert (present, to) == ("bound", "ended")
