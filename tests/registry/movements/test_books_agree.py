"""List, count, balance, ledger and figure are one number for every book, area and status, whatever has happened."""

import asyncio
import random
from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import pytest

from services.indicators.contributions.domain import contributions_of
from services.indicators.deltas.domain import Row, difference, rolled_up
from shared.contracts.envelope import FACTS
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, FAR, OTHER_TOWN, SISTER, TODAY, TOWN, VILLAGE, a_number
from tests.registry.conftest import Client, Events
from tests.registry.life_events.reference import Happened, an_entry, an_event
from tests.registry.steps import (
    BALANCES,
    CLERK,
    DUPLICATES,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    REVERSALS,
    TRANSFERS,
    Json,
    all_pages,
    be_found,
    die,
    found,
    given,
    go_missing,
    know_grid,
    life_events,
    move_in,
    move_out,
    person_of,
    point,
    register,
    reverse,
    undone,
)

BOOKS = {"residence": ("POP-RES", "LEDGER-RES"), "registration": ("POP-REG", "LEDGER-REG")}
AREAS = (VILLAGE, SISTER, FAR, TOWN, OTHER_TOWN, COUNTY)
BUSY = (412, 503)
"""Somebody else was faster, or all are waiting for one row: nothing has happened, and the caller asks again."""
STATUSES = ("active", "moved_out", "deceased", "missing", "merged", "annulled")


async def counted(events: Events, today: date = TODAY) -> Counter[tuple[str, str]]:
    """Today's stocks by (area, measure), from the newest state of every aggregate as indicators counts them."""
    newest: dict[tuple[str, str], Json] = {}
    for one in await events("registry."):
        newest[one["type"].rsplit(".", 1)[0], one["key"]] = one
    rows: Counter[Row] = Counter()
    for one in newest.values():
        fact = FACTS[one["type"], 1].model_validate({"state": one["state"], **_beside(one)})
        rows.update(rolled_up(difference((), tuple(contributions_of(fact.state)))))
    stocks: Counter[tuple[str, str]] = Counter()
    for (area, measure, dimension, day), amount in rows.items():
        if dimension == "" and day <= today:
            stocks[area, measure] += amount
    return stocks


def _beside(event: Json) -> Json:
    return {name: value for name, value in event.items() if name not in ("type", "key", "sequence", "revision")}


async def assert_books_agree(client: Any, events: Events, today: date = TODAY, *, every: bool = False) -> None:
    """Every number that is said about who belongs where, from every place that says it.

    `every`: below the county the statuses are asked for, too, that nobody of the county has.
    """
    figures = await counted(events, today)
    known: dict[str, set[str]] = {}
    for area in (COUNTY, *(one for one in AREAS if one != COUNTY)):
        for book, (population, ledger) in BOOKS.items():
            listed: dict[str, list[str]] = {}
            for status in STATUSES:
                if every or area == COUNTY or status in known[book]:
                    asked = {"area": area, "book": book, "status": status}
                    rows = listed[status] = [one["id"] for one in await all_pages(client, PERSONS, **asked)]
                    told = given(await client.get(f"{PERSONS}/count", params=asked))["count"]
                    assert told == len(rows) == len(set(rows)), asked
            known.setdefault(book, {status for status, rows in listed.items() if rows})
            assert max(Counter(id_ for rows in listed.values() for id_ in rows).values(), default=1) == 1
            params = {"area": area, "book": book, "from": "2026-01-01", "to": f"{today}"}
            balance = given(await client.get(BALANCES, params=params))
            said = {
                "list": len(listed.get("active", ())) + len(listed.get("missing", ())),
                "closing": balance["closing"],
                "stock": balance["stock"],
                "figure": figures[area, population],
                "ledger": figures[area, ledger],
            }
            assert len(set(said.values())) == 1, (area, book, said)
        households = await all_pages(client, HOUSEHOLDS, area=area)
        assert len(households) == figures[area, "HOUSEHOLDS"], area


async def assert_held(client: Any, people: Collection[str]) -> None:
    """Everybody who ever entered stands in a list of the county that asks for a status."""
    listed = {
        one["id"]
        for status in STATUSES
        for book in BOOKS
        for one in await all_pages(client, PERSONS, area=COUNTY, book=book, status=status)
    }
    assert listed == set(people)


async def happen(client: Any, person_id: str, event: Happened) -> Any:
    """An event as a clerk tells it."""
    if event.kind == "move_in":
        places: dict[str, Any] = {"residence": event.residence} if event.residence else {}
        places |= {"registration": event.registration[0]} if event.registration else {}
        return await move_in(client, person_id, f"{event.day}", **places)
    if event.kind == "move_out":
        return await move_out(client, person_id, f"{event.day}", books=sorted(event.books))
    return await die(client, person_id, f"{event.day}")


async def vanish(client: Any, person_id: str, dice: random.Random) -> str:
    """Somebody goes missing, or is found."""
    day = f"{BOOKS_OPENED_ON + timedelta(days=dice.randrange(0, 40))}"
    step, done = (go_missing, "missing") if dice.random() < 0.6 else (be_found, "found")
    answer = await step(client, person_id, day)
    assert answer.status_code in (200, 409), answer.text
    return done if answer.status_code == 200 else "refused"


async def take_back(client: Any, other: Any, person_id: str, dice: random.Random) -> str:
    """Any event of a person is taken back, or gets another day; a second person approves where one must."""
    told = await client.get(f"{PERSONS}/{person_id}/life-events")
    if told.status_code in BUSY:
        return "busy"
    event = dice.choice(given(told)["items"])
    day = BOOKS_OPENED_ON + timedelta(days=dice.randrange(0, 40))
    what = {"corrected_on": f"{day}"} if dice.random() < 0.4 else {}
    answer = await reverse(client, person_id, event["id"], **what)
    if answer.status_code == 201 and answer.json()["status"] == "requested":
        answer = await other.post(f"{REVERSALS}/{answer.json()['id']}/approve")
    assert answer.status_code in (200, 201, 409, 422, *BUSY), answer.text
    if answer.status_code in BUSY:
        return "busy"
    if answer.status_code in (200, 201):
        return "redated" if what else f"{event['kind']} taken back"
    code: str = answer.json()["code"]
    assert answer.status_code == 409 or code in ("same_day", "event_in_future", "unknown_area", "event_before_birth"), (
        answer.text
    )
    return code


async def merge_or_separate(client: Any, other: Any, people: list[str], pairs: list[str], dice: random.Random) -> str:
    """Two are said to be one and merged by two people, or what was merged is taken back."""
    if pairs and dice.random() < 0.4:
        path = f"{DUPLICATES}/{dice.choice(pairs)}"
        answer = await other.post(f"{path}/separate", json={"reason": "other"})
        done = "separated"
    else:
        one, survivor = dice.sample(people, 2)
        pair = await point(client, one, survivor)
        path = f"{DUPLICATES}/{pair['id']}"
        answer = await client.post(f"{path}/decide", json={"decision": "same", "survivor_id": survivor})
        if answer.status_code == 200:
            answer = await other.post(f"{path}/approve")
        pairs.append(pair["id"])
        done = "merged"
    assert answer.status_code in (200, 409, 422), answer.text
    return done if answer.status_code == 200 else f"{done} refused: {answer.json()['code']}"


async def transfer(client: Any, number: str, dice: random.Random) -> str:
    """A village asks for a person, or the household, and the other side confirms; at times it is taken back."""
    day = f"{BOOKS_OPENED_ON + timedelta(days=dice.randrange(20, 70))}"
    area, books = dice.choice((VILLAGE, SISTER, FAR)), dice.choice((("residence",), ("registration",), tuple(BOOKS)))
    body: Json = {"document_number": number, "occurred_on": day, **{book: {"area": area} for book in books}}
    if "residence" in books:
        body |= {"residence": {"area": area, "kind": "registered"}, "household": dice.choice((None, "living"))}
    asked = await client.post(TRANSFERS, json=body)
    if asked.status_code in BUSY:
        return "busy"
    made = given(asked, 201)
    answer = await client.post(f"{TRANSFERS}/{made['id']}/confirm", json={})
    assert answer.status_code in (200, 409, *BUSY), answer.text
    if answer.status_code != 200:
        return "transfer refused" if answer.status_code == 409 else "busy"
    if dice.random() < 0.4:
        answer = await client.post(f"{TRANSFERS}/{made['id']}/reverse", json={"reason": "not_happened"})
        assert answer.status_code in (200, 409, 422, *BUSY), answer.text
        return "transfer reversed" if answer.status_code == 200 else "transfer rested on"
    return "transferred"


async def walk(client: Any, other: Any, events: Events, dice: random.Random, steps: int) -> Counter[str]:
    """Random lives, told in random order and taken back. Returns how often each thing was accepted."""
    people: list[str] = []
    pairs: list[str] = []
    numbers: dict[str, str] = {}
    done: Counter[str] = Counter()
    for _ in range(steps):
        if len(people) < 3 or dice.random() < 0.2:
            entry = an_entry(dice)
            number = a_number()
            person = await register(
                client,
                document={"number": number},
                entry=entry.kind,
                occurred_on=f"{entry.day}",
                residence={"area": entry.residence[0], "kind": entry.residence[1]} if entry.residence else None,
                registration={"area": entry.registration[0]} if entry.registration else None,
            )
            people.append(person["id"])
            numbers[person["id"]] = number
            done["registered"] += 1
            if dice.random() < 0.3 and person["residence"] and entry.residence:
                member = {"relation": "02", "person_id": person["id"]}
                await found(client, member, kind="living", area=entry.residence[0][:12], established_on="2026-01-01")
                done["founded"] += 1
            continue
        if dice.random() < 0.1:
            done[await vanish(client, dice.choice(people), dice)] += 1
            continue
        if dice.random() < 0.15:
            done[await merge_or_separate(client, other, people, pairs, dice)] += 1
            continue
        if dice.random() < 0.25:
            done[await take_back(client, other, dice.choice(people), dice)] += 1
            continue
        if dice.random() < 0.4:
            done[await transfer(client, numbers[dice.choice(people)], dice)] += 1
            continue
        event = an_event(dice)
        answer = await happen(client, dice.choice(people), event)
        assert answer.status_code in (200, 409), answer.text
        done[event.kind if answer.status_code == 200 else "refused"] += 1
    await assert_books_agree(client, events, every=True)
    await assert_held(client, people)
    return done


async def ready(committed: Database) -> None:
    for grid in (VILLAGE + "001", VILLAGE + "002"):
        await know_grid(committed, grid)


@pytest.mark.parametrize("seed", [1])
async def test_after_random_lives_list_count_and_figure_are_one_number(
    client_of: Client, county: None, events: Events, committed: Database, seed: int
) -> None:
    await ready(committed)
    done = await walk(client_of(*REGISTRAR), client_of(*REGISTRAR, subject="other"), events, random.Random(seed), 90)
    assert {"registered", "founded", "move_in", "move_out", "merged", "transferred"} <= done.keys(), done
    assert any(one == "redated" or one.endswith("taken back") for one in done), done


@pytest.mark.large
@pytest.mark.parametrize("seed", range(100, 120))
async def test_after_many_random_lives_list_count_and_figure_are_one_number(
    client_of: Client, county: None, events: Events, committed: Database, seed: int
) -> None:
    await ready(committed)
    await walk(client_of(*REGISTRAR), client_of(*REGISTRAR, subject="other"), events, random.Random(seed), 300)


async def at_once(client_of: Client, events: Events, seed: int, clients: int, steps: int) -> Counter[str]:
    """As many clerks as there are clients tell the lives of the same few people, all at the same time."""
    registrar = client_of(*REGISTRAR)
    numbers = [a_number() for _ in range(clients)]
    people = [(await register(registrar, document={"number": number}))["id"] for number in numbers]
    for person in people[::2]:
        await found(registrar, {"relation": "02", "person_id": person}, kind="living", established_on="2026-01-01")
    done: Counter[str] = Counter()

    async def tell(number: int) -> None:
        dice = random.Random(seed * 1000 + number)
        client, other = (client_of(*REGISTRAR, subject=f"{who}-{number}") for who in ("clerk", "other"))
        for _ in range(steps):
            person = dice.choice(people)
            chance = dice.random()
            if chance < 0.3:
                done[await take_back(client, other, person, dice)] += 1
                continue
            if chance < 0.5:
                done[await transfer(client, dice.choice(numbers), dice)] += 1
                continue
            answer = await happen(client, person, event := an_event(dice))
            assert answer.status_code in (200, 409, *BUSY), answer.text
            done[event.kind if answer.status_code == 200 else answer.json()["code"]] += 1

    await asyncio.gather(*(tell(number) for number in range(clients)))
    await assert_books_agree(registrar, events, every=True)
    return done


async def test_what_sixteen_clerks_tell_and_take_back_at_once_adds_up(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    await ready(committed)
    done = await at_once(client_of, events, seed=1, clients=16, steps=19)
    assert sum(done.values()) == 304
    assert {"move_in", "move_out", "transferred"} <= done.keys(), done
    assert any(one == "redated" or one.endswith("taken back") for one in done), done


@pytest.mark.large
async def test_ten_thousand_events_of_sixteen_clerks_add_up(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    await ready(committed)
    done = Counter[str]()
    for part in range(25):
        done += await at_once(client_of, events, seed=100 + part, clients=16, steps=25)
    assert sum(done.values()) == 10_000


async def test_who_left_one_book_is_in_the_list_of_the_other_alone(
    client_of: Client, county: None, events: Events
) -> None:
    """Five live and are registered here; one leaves the residence book, one the registration book."""
    client = client_of(*REGISTRAR)
    people = [(await register(client))["id"] for _ in range(5)]
    given(await move_out(client, people[0], "2026-03-01", books=["residence"]))
    given(await move_out(client, people[1], "2026-03-01", books=["registration"]))
    for book, gone in (("residence", people[0]), ("registration", people[1])):
        rows = {
            status: [one["id"] for one in await all_pages(client, PERSONS, area=VILLAGE, book=book, status=status)]
            for status in ("active", "moved_out")
        }
        assert rows == {"active": [one for one in people if one != gone], "moved_out": [gone]}, book
    await assert_books_agree(client, events)


async def test_whose_registered_place_moves_elsewhere_stays_in_the_scope_of_the_village_that_was_left(
    client_of: Client, county: None, events: Events
) -> None:
    """Somebody registered here who lives elsewhere is found by nobody else."""
    client = client_of("village_clerk", VILLAGE)
    person = (await register(client, residence=None))["id"]
    given(await move_in(client_of(*REGISTRAR), person, "2026-03-01", registration="431024"))
    shown = given(await client.get(f"{PERSONS}/{person}"))
    assert (shown["status"], shown["registration"][-1]["area"]) == ("moved_out", "431024")
    listed = await all_pages(client, PERSONS, area=VILLAGE, book="registration", status="moved_out")
    assert [one["id"] for one in listed] == [person]
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_who_is_left_with_a_place_elsewhere_alone_stays_with_the_village_of_before(
    client_of: Client, county: None, events: Events
) -> None:
    """The entry was a mistake; what is told of a registered place elsewhere, later or before, takes nobody away."""
    clerk, registrar, other = client_of(*CLERK), client_of(*REGISTRAR), client_of(*REGISTRAR, subject="other")
    later, rested = [(await register(clerk, registration=None))["id"] for _ in range(2)]
    await undone(clerk, other, later, (await life_events(clerk, later))[0]["id"])
    given(await move_in(registrar, later, "2026-03-01", registration="431024"))
    given(await move_in(registrar, rested, "2026-03-01", registration="431024"))
    await undone(clerk, other, rested, (await life_events(clerk, rested))[0]["id"])
    for person in (later, rested):
        shown = await person_of(clerk, person)
        assert (shown["status"], shown["residence"]) == ("moved_out", [])
        assert [one["area"] for one in shown["registration"]] == ["431024"]
    listed = await all_pages(clerk, PERSONS, area=VILLAGE, book="residence", status="moved_out")
    assert {one["id"] for one in listed} == {later, rested}
    await assert_books_agree(registrar, events, every=True)
    given(await move_in(clerk, later, "2026-03-02", residence=VILLAGE))
    await undone(clerk, other, rested, (await life_events(clerk, rested))[-1]["id"])
    assert [(await person_of(clerk, one))["status"] for one in (later, rested)] == ["active", "annulled"]


async def test_lists_show_what_a_successor_took_over(client_of: Client, county: None, clock: FrozenClock) -> None:
    """VILLAGE is merged into SISTER: asked for SISTER, lists and counts show the people and households of both."""
    registrar = client_of(*REGISTRAR)
    old = (await register(registrar))["id"]
    new = (await register(registrar, residence={"area": SISTER}, registration={"area": SISTER}))["id"]
    households = [
        (await found(registrar, {"relation": "02", "person_id": person}, area=area))["id"]
        for person, area in ((old, VILLAGE), (new, SISTER))
    ]
    body = {"valid_to": "2026-03-01", "successors": [SISTER]}
    given(await client_of("county_registrar", COUNTY).post(f"/registry/v1/areas/{VILLAGE}/abolish", json=body))
    clock.advance(seconds=11)  # the tree that requests see is ten seconds old at most
    for client in (client_of("village_clerk", SISTER), client_of("county_officer", COUNTY)):
        for book in BOOKS:
            rows = await all_pages(client, PERSONS, area=SISTER, book=book, limit=1)
            assert [one["id"] for one in rows] == [old, new], book
            asked = {"area": SISTER, "book": book}
            assert given(await client.get(f"{PERSONS}/count", params=asked))["count"] == 2
        listed = [one["id"] for one in await all_pages(client, HOUSEHOLDS, area=SISTER, limit=1)]
        assert listed == households
