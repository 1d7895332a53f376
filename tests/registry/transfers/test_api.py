"""Transfers over HTTP: what either side sees, what a confirmation moves, what is refused."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text

from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, FARTHER, SISTER, VILLAGE, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.persons.test_numbers import lines, logged
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    PERSONS,
    REGISTRAR,
    TRANSFERS,
    Json,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    household_of,
    last_event,
    life_events,
    move_in,
    person_of,
    register,
    reverse,
    start_tag,
)
from tests.registry.transfers.asking import a_transfer, ask, both, confirm, held, refuse, undo, withdraw

POSTINGS = "/registry/v1/postings"


async def numbered(client: Any, **what: Any) -> tuple[str, str]:
    """Somebody of VILLAGE, and the number."""
    number = a_number()
    return (await register(client, document={"number": number}, **what))["id"], number


def told(transfer: Json) -> Json:
    """What an asker is shown, but for what differs between any two requests."""
    return {name: value for name, value in transfer.items() if name not in ("id", "requested_at")}


async def test_a_person_moves_in_both_books_when_the_holding_village_confirms(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, far = client_of(*CLERK, subject="holds"), client_of(*FAR_CLERK, subject="asks")
    person, number = await numbered(clerk)
    await start_tag(clerk, person, "elder_alone")
    made = await both(far, number)
    assert (made["status"], made["person"], made["moved"], made["due_on"]) == ("requested", None, 0, "2026-03-23")
    (waiting,) = await held(clerk, VILLAGE, status="requested")
    assert (waiting["id"], waiting["person"]["id"], waiting["person"]["name"]) == (made["id"], person, "覃*英")
    done = given(await confirm(clerk, made))
    assert (done["status"], done["moved"], done["decided_by"]) == ("confirmed", 1, "holds")
    after = await person_of(far, person)
    assert [one["area"] for one in after["residence"]] == [VILLAGE, FAR]
    assert [one["area"] for one in after["registration"]] == [VILLAGE, FAR]
    assert (await clerk.get(f"{PERSONS}/{person}")).status_code == 404, "who has moved is seen where they are"
    assert [one["kind"] for one in await life_events(far, person)] == ["enrolled", "move_in"]
    assert given(await far.get(f"{TRANSFERS}/{made['id']}"))["person"]["id"] == person
    (kept,) = await held(clerk, VILLAGE)
    assert (kept["status"], kept["person"]) == ("confirmed", None), "the village that was left sees that, and no more"
    assert [one["type"] for one in await events("registry.transfer", made["id"])] == [
        "registry.transfer.requested",
        "registry.transfer.confirmed",
    ]
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_both_villages_see_their_half_in_the_ledger(client_of: Client, county: None) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    _, number = await numbered(clerk)
    given(await confirm(clerk, await both(far, number)))
    for book in ("residence", "registration"):
        for client, area, kind, elsewhere in (
            (clerk, VILLAGE, "transfer_out", False),
            (far, FAR, "transfer_in", True),
        ):
            asked = {"area": area, "book": book, "from": "2026-03-01", "to": "2026-03-31"}
            shown = given(await client.get(POSTINGS, params=asked))["items"]
            mine = [(one["kind"], one["elsewhere"]) for one in shown if one["kind"].startswith("transfer")]
            assert mine == [(kind, elsewhere)], (book, area)


@pytest.mark.parametrize("book", ["residence", "registration"])
async def test_the_book_that_was_asked_for_moves_and_the_other_stays(
    client_of: Client, county: None, events: Events, book: str
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    person, number = await numbered(clerk)
    places = {"residence": None, "registration": None, book: {"area": FAR}}
    given(await confirm(clerk, await ask(far, number, **places)))
    shown = await person_of(clerk, person)
    other = "registration" if book == "residence" else "residence"
    assert shown[book][-1]["area"] == FAR
    assert shown[other][-1]["area"] == VILLAGE
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_the_asker_is_told_the_same_whether_anybody_has_the_number(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    _, number = await numbered(clerk)
    answers = [await far.post(TRANSFERS, json=a_transfer(document_number=one)) for one in (number, a_number())]
    there, nowhere = (given(one, 201) for one in answers)
    assert told(there) == told(nowhere)
    assert {name: len(value) for name, value in answers[0].headers.items()} == {
        name: len(value) for name, value in answers[1].headers.items()
    }
    for made in (there, nowhere):
        for verb, body in (("confirm", {}), ("refuse", {"reason": "other"}), ("reverse", {"reason": "other"})):
            answer = await far.post(f"{TRANSFERS}/{made['id']}/{verb}", json=body)
            assert answer.status_code == (409 if verb == "reverse" else 404), verb
            if verb == "reverse":
                assert_refused(answer, "transfer_not_confirmed")
    shown = [given(await far.get(f"{TRANSFERS}/{one['id']}")) for one in (there, nowhere)]
    assert told(shown[0]) == told(shown[1]) == told(there)
    states = [(await events("registry.transfer", one["id"]))[0]["state"] for one in (there, nowhere)]
    assert {**states[0], "id": ""} == {**states[1], "id": ""}
    listed = given(await far.get(TRANSFERS, params={"area": FAR, "side": "asking"}))["items"]
    assert [told(one) for one in listed] == [told(there), told(nowhere)]
    assert await held(far, FAR) == []


async def test_asking_runs_the_same_statements_whether_anybody_has_the_number(
    client_of: Client, county: None, committed: Database
) -> None:
    """Time is what statements take: each request sends the same, none of them waits for the person's row."""
    far = client_of(*FAR_CLERK)
    _, number = await numbered(client_of(*CLERK))
    await ask(far, a_number())  # what is remembered from the first request on
    sent: list[list[str]] = []
    engine = committed.engine.sync_engine

    def heard(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent[-1].append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    try:
        for one in (number, a_number()):
            sent.append([])
            made = await ask(far, one)
            for verb, body in (("confirm", {}), ("refuse", {"reason": "other"})):
                await far.post(f"{TRANSFERS}/{made['id']}/{verb}", json=body)
            await far.get(f"{TRANSFERS}/{made['id']}")
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert sent[0] == sent[1]
    async with committed.session() as session:  # somebody holds the person's row
        await session.execute(text("SELECT 1 FROM persons FOR UPDATE"))
        async with asyncio.timeout(5):
            await ask(far, number)


async def test_a_request_is_noted_once_and_at_the_person_if_there_is_one(
    client_of: Client, county: None, committed: Database
) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    person, number = await numbered(clerk)
    await ask(client_of(*FAR_CLERK, subject="asks"), number)
    await ask(client_of(*FAR_CLERK, subject="guesses"), a_number())
    assert await logged(committed, "asks") == [("request_transfer", person, "existence", "ok")]
    assert await logged(committed, "guesses") == [("request_transfer", None, "existence", "ok")]
    assert ("asks", "request_transfer", "existence", "ok") in await lines(client_of, {"id": person})


async def test_requests_are_counted_as_questions_about_numbers(client_of: Client, app: FastAPI, county: None) -> None:
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": 2})
    far = client_of(*FAR_CLERK, subject="guesses")
    codes = [(await far.post(TRANSFERS, json=a_transfer())).status_code for _ in range(3)]
    assert codes == [201, 201, 429]
    asked = {"document_number": a_number(), "purpose": "verification"}
    assert_refused(await far.post(f"{PERSONS}/search", json=asked), "rate_limited")


async def test_what_was_refused_or_withdrawn_moves_nobody(client_of: Client, county: None, events: Events) -> None:
    clerk, far = client_of(*CLERK, subject="holds"), client_of(*FAR_CLERK, subject="asks")
    person, number = await numbered(clerk)
    first, second = await both(far, number), await both(far, number)
    refused = given(await refuse(clerk, first, "objects"))
    assert (refused["status"], refused["reason"], refused["decided_by"]) == ("refused", "objects", "holds")
    read = given(await far.get(f"{TRANSFERS}/{first['id']}"))
    assert (read["reason"], read["person"]) == ("objects", None)
    assert given(await withdraw(far, second))["status"] == "withdrawn"
    for transfer in (first, second):
        assert_refused(await confirm(clerk, transfer), "transfer_decided")
        assert_refused(await refuse(clerk, transfer), "transfer_decided")
        assert_refused(await withdraw(far, transfer), "transfer_decided")
    assert_not_found(await withdraw(clerk, await both(far, number)))
    assert len(await life_events(clerk, person)) == 1
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_only_who_holds_a_person_lists_reads_and_decides(client_of: Client, county: None) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    _, number = await numbered(clerk)
    made = await both(far, number)
    for area in (SISTER, FARTHER):
        stranger = client_of("village_clerk", area, subject="stranger")
        assert await held(stranger, area) == []
        assert given(await stranger.get(f"{TRANSFERS}/count", params={"area": area, "side": "holding"}))["count"] == 0
        assert_not_found(await stranger.get(f"{TRANSFERS}/{made['id']}"))
        assert_not_found(await confirm(stranger, made))
        assert_not_found(await refuse(stranger, made))
        assert_not_found(await withdraw(stranger, made))
    for side, area, client in (("holding", VILLAGE, clerk), ("asking", FAR, far)):
        for other in (VILLAGE, FAR, COUNTY):
            asked = {"area": other, "side": side}
            answer = await client.get(f"{TRANSFERS}/count", params=asked)
            listed = await client.get(TRANSFERS, params=asked)
            if other == (FAR if area == VILLAGE else VILLAGE):
                assert_not_found(answer)
                assert_not_found(listed)
            else:
                assert given(answer)["count"] == len(given(listed)["items"]) == 1


async def test_a_village_asks_for_its_own_places_alone(client_of: Client, county: None) -> None:
    far = client_of(*FAR_CLERK)
    for book in ("residence", "registration"):
        assert (await far.post(TRANSFERS, json=a_transfer(**{book: {"area": VILLAGE}}))).status_code == 404
    wrong: list[tuple[Json, str]] = [
        ({"registration": {"area": "431024"}}, "unknown_area"),
        ({"household": "legal"}, "transfer_book_missing"),
        ({"occurred_on": "2026-03-17"}, "event_in_future"),
    ]
    for places, code in wrong:
        assert_refused(await far.post(TRANSFERS, json=a_transfer(**places)), code)
    assert (await far.post(TRANSFERS, json=a_transfer(residence=None))).json()["code"] == "invalid_request"
    assert (await far.post(TRANSFERS, json=a_transfer(document_number="450481199003070191"))).status_code == 422


async def test_whose_books_lie_in_two_villages_is_confirmed_where_they_are_registered(
    client_of: Client, county: None
) -> None:
    clerk = client_of(*CLERK)
    person, number = await numbered(client_of(*REGISTRAR), residence={"area": SISTER})
    made = await both(client_of(*FAR_CLERK), number)
    assert_refused(await confirm(client_of("village_clerk", SISTER), made), "book_of_another_place")
    # A residence is ended from where somebody is registered, as by any arrival (decision 25).
    given(await confirm(clerk, made))
    assert (await person_of(client_of(*FAR_CLERK), person))["registration"][-1]["area"] == FAR


async def test_a_head_who_leaves_members_names_the_next_one(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    head, spouse = a_person(), a_person(name="覃大山", sex="1", birth_date="1958-03-02")
    household = await found(clerk, {"relation": "02", "person": head}, {"relation": "10", "person": spouse})
    stays = household["members"][1]["person_id"]
    made = await both(client_of(*FAR_CLERK), head["document"]["number"])
    assert_refused(await confirm(clerk, made), "household_needs_head")
    given(await confirm(clerk, made, new_head={"head": stays}))
    now = [(one["person_id"], one["relation"]) for one in (await household_of(clerk, household))["members"]
           if one["until"] is None]  # fmt: skip
    assert now == [(stays, "02")]


async def test_who_died_or_is_there_already_is_not_moved(client_of: Client, county: None) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    person, number = await numbered(clerk)
    made = await ask(far, number)
    given(await move_in(client_of(*REGISTRAR), person, "2026-03-01", residence=FAR))
    assert_refused(await confirm(clerk, made), "person_already_active")
    given(await die(clerk, person, "2026-03-09"))
    assert_refused(await confirm(clerk, made), "person_deceased")


async def test_a_number_that_is_held_elsewhere_is_answered_with_the_transfer(client_of: Client, county: None) -> None:
    _, number = await numbered(client_of(*CLERK))
    far_away = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    answer = await client_of(*FAR_CLERK).post(PERSONS, json=a_person(document={"number": number}, **far_away))
    assert_refused(answer, "not_registrable_here", [("document.number", "not_registrable_here")])
    assert "迁移申请" in answer.json()["advice"]


async def test_nothing_of_the_number_is_kept_with_a_request(
    client_of: Client, county: None, committed: Database, events: Events
) -> None:
    number = a_number()
    made = await ask(client_of(*FAR_CLERK), number)
    async with committed.session() as session:
        stored = (await session.execute(text("SELECT to_jsonb(t)::text FROM transfers t"))).scalar_one()
    for said in (stored, str(made), str(await events("registry.transfer"))):
        assert number not in said


async def test_whoever_let_somebody_go_does_not_take_the_person_back_alone(client_of: Client, county: None) -> None:
    """The book of the asking side was written because it asked: that is no leave to write it again."""
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    person, number = await numbered(clerk)
    made = await ask(far, number)
    given(await confirm(clerk, made))
    assert_refused(await undo(clerk, made), "book_of_another_place")
    moved = await last_event(clerk, person)
    assert_refused(await reverse(clerk, person, moved), "book_of_another_place")
    given(await undo(client_of(*REGISTRAR), made))
    assert (await person_of(clerk, person))["residence"][-1]["area"] == VILLAGE
