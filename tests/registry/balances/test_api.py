"""The population balance is an invariant: opening + postings = closing = stock, for every book, area and basis."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from services.registry.life_events.domain import LifeEventKind, Place
from services.registry.persons.domain import NewPerson, PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.wiring import UseCases
from shared.auth.principal import Grant, Principal
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.db.engine import Database
from shared.errors import DomainError
from shared.testing.clock import FrozenClock
from tests.registry.builders import (
    BOOKS_OPENED_ON,
    COUNTY,
    FAR,
    FARTHER,
    OTHER_TOWN,
    SISTER,
    TODAY,
    TOWN,
    VILLAGE,
    a_new_person,
    a_person,
)
from tests.registry.conftest import Client, Work

VILLAGES = (VILLAGE, SISTER, FAR, FARTHER)
AREAS = (*VILLAGES, TOWN, OTHER_TOWN, COUNTY)
REGISTRAR = Principal("registrar", (Grant("county_registrar", COUNTY),))
PATH = "/registry/v1/balances"


async def balance(client_of: Client, area: str, book: str, **what: str) -> dict[str, Any]:
    params = {"area": area, "book": book, "from": "2026-01-01", "to": TODAY.isoformat(), **what}
    answer = await client_of("county_officer", COUNTY).get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    stated: dict[str, Any] = answer.json()
    return stated


async def test_a_balance_states_opening_flows_and_closing(client_of: Client, county: None) -> None:
    registrar = client_of("county_registrar", COUNTY)
    people = [(await registrar.post("/registry/v1/persons", json=a_person())).json()["id"] for _ in range(3)]
    await registrar.post(f"/registry/v1/persons/{people[0]}/move-out", json={"occurred_on": "2026-02-10"})
    await registrar.post(
        f"/registry/v1/persons/{people[1]}/move-in", json={"occurred_on": "2026-02-20", "residence": {"area": FAR}}
    )
    village = await balance(client_of, VILLAGE, "residence", **{"from": "2026-01-02"})
    assert (village["opening"], village["closing"], village["stock"]) == (3, 1, 1)
    assert village["flows"] == [
        {"kind": "out", "amount": -1, "crossing": -1, "late": 0},
        {"kind": "transfer_out", "amount": -1, "crossing": -1, "late": 0},
    ]
    county_wide = await balance(client_of, COUNTY, "residence", **{"from": "2026-01-02"})
    assert (county_wide["opening"], county_wide["closing"]) == (3, 2)
    assert county_wide["flows"] == [
        {"kind": "out", "amount": -1, "crossing": -1, "late": 0},
        {"kind": "transfer_in", "amount": 1, "crossing": 0, "late": 0},
        {"kind": "transfer_out", "amount": -1, "crossing": 0, "late": 0},
    ]
    past = await balance(client_of, VILLAGE, "residence", to="2026-02-15")
    assert (past["opening"], past["closing"], past["stock"]) == (0, 2, None)
    # by the day of posting everything belongs to today
    posted = await balance(client_of, VILLAGE, "residence", basis="posted", **{"from": TODAY.isoformat()})
    assert (posted["opening"], posted["closing"]) == (0, 1)


async def test_a_balance_is_told_inside_the_scope_only(client_of: Client, county: None) -> None:
    params = {"area": FAR, "book": "residence", "from": "2026-01-01", "to": "2026-01-31"}
    assert (await client_of("village_clerk", VILLAGE).get(PATH, params=params)).status_code == 404
    backwards = {**params, "area": VILLAGE, "to": "2025-01-31"}
    assert (await client_of("village_clerk", VILLAGE).get(PATH, params=backwards)).status_code == 422


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_the_ledger_equals_the_stock(
    client_of: Client, county: None, work: Work, committed: Database, clock: FrozenClock, seed: int
) -> None:
    """A random walk of registrations, moves, transfers, deaths, back-dated ones among them; some are refused."""
    dice = random.Random(seed)
    people: list[Any] = []
    accepted, refused = Counter[str](), Counter[str]()
    for step in range(60):
        day = BOOKS_OPENED_ON + timedelta(days=dice.randrange(0, 74))
        place = Place(dice.choice(VILLAGES), "registered")
        registered_place = Place(dice.choice((*VILLAGES, "431024")), "household")
        kind = dice.choice(["register", "register", "move_in", "move_in", "move_out", "die"])
        try:
            if kind == "register" or not people:
                person = a_new_person(
                    entry=dice.choice([LifeEventKind.ENROLLED, LifeEventKind.MOVE_IN]),
                    occurred_on=day,
                    residence=place,
                    registration=dice.choice([registered_place, None]),
                )
                (record,) = await work(partial(_admit, person))
                people.append(record.id)
            else:
                await _happen(work, kind, dice, people, day, place, registered_place)
            accepted[kind] += 1
        except DomainError as error:
            refused[error.code] += 1
        if step % 20 == 19:
            clock.advance(hours=1)
    assert min(accepted[kind] for kind in ("register", "move_in", "move_out", "die")) > 0
    assert refused
    sums: Counter[tuple[str, str, str]] = Counter()
    for book in Book:
        for basis in ("posted", "occurred"):
            for area in AREAS:
                stated = await balance(client_of, area, book, basis=basis, **{"from": "2026-02-01"})
                assert stated["closing"] == stated["stock"], (area, book, basis)
                assert stated["opening"] + sum(one["amount"] for one in stated["flows"]) == stated["closing"]
                sums[(book, basis, area)] = stated["closing"]
            assert sums[(book, basis, COUNTY)] == sum(sums[(book, basis, village)] for village in VILLAGES)
    # what the history says on any day is what the ledger says on that day
    async with committed.session() as session:
        records = await PersonRepository(session).locked_after(None, 1000)
    for book in Book:
        for day in (BOOKS_OPENED_ON, date(2026, 1, 20), date(2026, 2, 14), date(2026, 3, 1), TODAY):
            there = sum(
                span["start"] <= day.isoformat() and (span["end"] is None or day.isoformat() < span["end"])
                for record in records
                for span in (record.residence if book is Book.RESIDENCE else record.registration)
                if len(span["area"]) >= 12
            )
            stated = await balance(client_of, COUNTY, book, to=day.isoformat())
            assert stated["closing"] == there, (book, day)
    dead = [record for record in records if record.status == PersonStatus.DECEASED]
    assert len(dead) == accepted["die"]


async def _admit(person: NewPerson, registry: UseCases) -> Sequence[PersonRecord]:
    return await registry.admissions.admit([person])


async def _happen(
    work: Work, kind: str, dice: random.Random, people: list[Any], day: date, place: Place, registered_place: Place
) -> None:
    common: dict[str, Any] = {"occurred_on": day, "reported_on": None, "succession": None}
    person = dice.choice(people)
    match kind:
        case "move_in":
            both = dice.random() < 0.5
            await work(
                lambda registry: registry.movements.move_in(
                    REGISTRAR, person, residence=place, registration=registered_place if both else None, **common
                )
            )
        case "move_out":
            books = frozenset(dice.sample(sorted(Book), dice.randint(1, 2)))
            await work(lambda registry: registry.movements.move_out(REGISTRAR, person, books=books, **common))
        case _:
            await work(lambda registry: registry.movements.die(REGISTRAR, person, **common))
