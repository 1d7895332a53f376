"""What is told of moves and deaths, and that the ledger and the person over HTTP are the slow reference's."""

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient, Response

from shared.contracts.registry.persons import PersonState
from shared.contracts.registry.postings import PostingState
from shared.db.engine import Database
from tests.registry.builders import BOOKS_OPENED_ON, FAR, SISTER, TODAY, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.life_events.reference import BOOKS, Happened, Life, an_entry, an_event, refusal_of, tell
from tests.registry.steps import (
    BALANCES,
    CLERK,
    REFUSALS,
    REGISTRAR,
    Json,
    die,
    given,
    know_grid,
    move_in,
    move_out,
    person_of,
    register,
)


def line(told: Json) -> tuple[str, str, str, int]:
    state = told["state"]
    return state["book"], state["kind"], state["area"], state["amount"]


async def test_each_event_is_one_fact_with_the_person_as_it_is_now(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_in(client, person, "2026-02-01", residence=FAR))
    given(await move_out(client, person, "2026-02-10", books=["registration"]))
    given(await move_in(client, person, "2026-02-20", registration=SISTER))
    given(await die(client, person, "2026-03-01"))
    told = await events("registry.person.", person)
    assert [one["type"].rpartition(".")[2] for one in told] == [
        "registered",
        "moved_in",
        "moved_out",
        "moved_in",
        "died",
    ]
    assert [(one["sequence"], one["state"]["version"]) for one in told] == [(n, n) for n in range(1, 6)]
    last = told[-1]["state"]
    assert set(last) == set(PersonState.model_fields)
    shown = await person_of(client, person)
    for name in ("status", "died_on", "sex", "birth_month", "ethnic_group", "residence", "registration", "version"):
        assert last[name] == shown[name], name


async def test_a_transfer_is_a_line_on_both_sides(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    before = len(await events("registry.posting."))
    given(await move_in(client, person, "2026-02-01", residence=FAR, registration=SISTER))
    told = (await events("registry.posting."))[before:]
    assert Counter(map(line, told)) == {
        ("residence", "transfer_out", VILLAGE, -1): 1,
        ("residence", "transfer_in", FAR, 1): 1,
        ("registration", "transfer_out", VILLAGE, -1): 1,
        ("registration", "transfer_in", SISTER, 1): 1,
    }
    for one in told:
        assert set(one["state"]) == set(PostingState.model_fields)
        assert (one["sequence"], one["key"], one["type"]) == (1, one["state"]["id"], "registry.posting.entered")
        assert one["state"]["person_id"] == person
        assert (one["state"]["occurred_on"], one["state"]["posted_on"]) == ("2026-02-01", TODAY.isoformat())
        assert one["state"]["reverses"] is None


async def test_a_move_to_a_registered_place_elsewhere_goes_out_and_one_from_there_comes_in(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    # the registrar moves only into the county: who registers elsewhere needs a residence of ours with it
    given(await move_in(client, person, "2026-02-01", residence=SISTER, registration="431024"))
    given(await move_in(client, person, "2026-02-10", registration=FAR))
    lines = [line(one) for one in await events("registry.posting.") if one["state"]["book"] == "registration"]
    assert lines == [
        ("registration", "opening", VILLAGE, 1),
        ("registration", "out", VILLAGE, -1),
        ("registration", "in", FAR, 1),
    ]


async def test_a_reversal_names_the_line_that_it_takes_back(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_in(client, person, "2026-03-01", residence=SISTER))
    given(await move_out(client, person, "2026-02-01", books=["residence"]))
    told = [one["state"] for one in await events("registry.posting.")]
    by_id = {one["id"]: one for one in told}
    reversals = [one for one in told if one["reverses"]]
    assert len(reversals) == 2
    for one in reversals:
        before = by_id[one["reverses"]]
        same = ("book", "kind", "area", "occurred_on", "person_id")
        assert [one[name] for name in same] == [before[name] for name in same]
        assert one["amount"] == -before["amount"]


async def do(client: AsyncClient, person: str, happened: Happened) -> Response:
    day = happened.day.isoformat()
    match happened.kind:
        case "move_in":
            where: Json = {}
            if happened.residence:
                where["residence"] = happened.residence
            if happened.registration:
                where["registration"] = happened.registration[0]
            return await move_in(client, person, day, **where)
        case "move_out":
            return await move_out(client, person, day, books=sorted(happened.books))
        case _:
            return await die(client, person, day)


def life_shown(person: Json, postings: list[Json]) -> Life:
    spans: dict[str, Any] = {
        book: [
            (
                one["area"],
                one["kind"],
                date.fromisoformat(one["start"]),
                date.fromisoformat(one["end"]) if one["end"] else None,
            )
            for one in person[book]
        ]
        for book in BOOKS
    }
    lines: Counter[tuple[str, str, str, date]] = Counter()
    for one in postings:
        lines[(one["book"], one["kind"], one["area"], date.fromisoformat(one["occurred_on"]))] += one["amount"]
    died = date.fromisoformat(person["died_on"]) if person["died_on"] else None
    return Life(person["status"], died, spans, Counter({key: amount for key, amount in lines.items() if amount}))


def in_scope_of_a_county(happened: Happened) -> bool:
    """A registrar may not move somebody to a registered place elsewhere alone: no place of it is his."""
    return happened.residence is not None or happened.registration is None or len(happened.registration[0]) == 12


@pytest.mark.parametrize("seed", range(3))
async def test_events_in_any_order_give_the_life_of_the_slow_reference(
    client_of: Client, county: None, events: Events, committed: Database, seed: int
) -> None:
    for grid in ("001", "002"):
        await know_grid(committed, VILLAGE + grid)
    dice = random.Random(seed)
    client = client_of(*REGISTRAR)
    told: dict[str, list[Happened]] = {}
    refused = 0
    for _ in range(5):
        entry = an_entry(dice)
        body: Json = {"entry": entry.kind, "occurred_on": entry.day.isoformat()}
        body["residence"] = {"area": entry.residence[0], "kind": entry.residence[1]} if entry.residence else None
        body["registration"] = {"area": entry.registration[0]} if entry.registration else None
        told[(await register(client, **body))["id"]] = [entry]
    for _ in range(50):
        person, happened = dice.choice(sorted(told)), an_event(dice)
        if not in_scope_of_a_county(happened):
            continue
        expected = refusal_of(told[person], happened)
        answer = await do(client, person, happened)
        if expected is None:
            given(answer)
            told[person].append(happened)
        else:
            assert (answer.status_code, answer.json()["code"]) == (REFUSALS[expected][0], expected), told[person]
            refused += 1
    assert refused
    postings = [one["state"] for one in await events("registry.posting.")]
    for person, history in told.items():
        own = [one for one in postings if one["person_id"] == person]
        assert life_shown(await person_of(client, person), own) == tell(history), history
        facts = await events("registry.person.", person)
        assert [one["sequence"] for one in facts] == list(range(1, len(history) + 1))
    # and the balance of any day is what the reference says of that day
    for book in BOOKS:
        for day in (BOOKS_OPENED_ON, date(2026, 1, 17), date(2026, 2, 3), TODAY):
            params = {"area": VILLAGE[:6], "book": book, "from": "2025-12-31", "to": day.isoformat()}
            stated = given(await client.get(BALANCES, params=params))
            lines = [amounts for history in told.values() for amounts in tell(history).lines.items()]
            assert stated["closing"] == sum(
                amount for (line_book, _, _, on), amount in lines if line_book == book and on <= day
            )


async def test_nobody_moves_somebody_out_of_his_own_hands(client_of: Client, county: None) -> None:
    """A registered place elsewhere is in nobody's scope here: the village that was left keeps the person in sight."""
    client = client_of(*CLERK)
    person = (await register(client, residence=None))["id"]
    moved = given(await move_in(client, person, "2026-02-01", registration="431024"))
    assert moved["status"] == "moved_out"
    assert await person_of(client, person) == moved
