"""Writing of persons: post-person, -rows, -drf, post-household, and the round trips of one person.

Ours checks, encrypts, keeps the ledger, the outbox, the idempotency key and the access log. The bare control is FastAPI
and asyncpg, BEGIN, INSERT, INSERT, COMMIT, Django REST Framework does the same two; the control of rows writes the same
ten rows in one statement. Throughput at 32 connections; every number is new. Round trips are counted on the wire at
one connection, after a warm-up.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from threading import Event, Thread

import httpx

from shared.testing.trips import Trips, counted
from tests.bench.harness import Goal, Measure, Outcome, Round, Unmeasured, outcome_of
from tests.bench.registry_stage import ROUNDS, SECONDS, Stage, stage
from tests.registry.builders import a_household, a_number, a_person

PERSON, HOUSEHOLD = Path(__file__).with_name("post_person.lua"), Path(__file__).with_name("post_household.lua")
PER_ROUND = 30_000
"""People of a round: more than any server takes. One that went on with those of the next would refuse them there."""
BORN = date(1971, 2, 3)
A_DAY = 40_000
"""Numbers of one day of birth."""
COUNTED = 20

BARE = Goal("post-person", "POST a person, with checks, encryption, outbox, idempotency key", 0.6, 0.40)
SAME_ROWS = Goal("post-person-rows", "the same against its very rows written in one statement", 0.8, 0.6)
DRF = Goal("post-person-drf", "the same against Django REST Framework at its best", 4.0, 3.0)
THREE = Goal("post-household", "a household of three in one request against the bare control three times", 1.2, 0.8)
TRIPS = Goal("post-person-trips", "round trips to the database for a person", 4.0, 4.0, "lower")


def number(n: int) -> str:
    """An identity number for each n; the day of birth in it moves on when a day's numbers are used up."""
    return a_number(BORN + timedelta(days=n // A_DAY), "2", serial=n % A_DAY)


def bodies() -> tuple[str, str]:
    """Of a registration and of a household; in place of each person's day and number stand BIRTH and NUMBER."""
    person = a_person(birth_date=str(BORN), document={"number": "NUMBER"}) | {"birth_date": "BIRTH"}
    members = [{"relation": relation, "person": person} for relation in ("02", "30", "31")]
    return json.dumps(person), json.dumps(a_household(*members))


def filled(body: str, numbers: Iterator[str]) -> str:
    """What the scripts of wrk send: the next number in each place, with its day of birth."""

    def person(found: re.Match[str]) -> str:
        one = next(numbers)
        return f"{one[6:10]}-{one[10:12]}-{one[12:14]}{found[1]}{one}"

    return re.sub("BIRTH(.*?)NUMBER", person, body)


def prepare(folder: Path) -> None:
    """Bodies and numbers for all rounds: those of persons, then those of households."""
    (folder / "numbers.txt").write_text("\n".join(number(n) for n in range(PER_ROUND * (ROUNDS + 1) * 2)))
    for name, body in zip(("body.json", "household.json"), bodies(), strict=True):
        (folder / name).write_text(body)


@cache
def shots() -> dict[Goal, list[tuple[Round, Round]]]:
    """Pairs (ours, control) of the three goals, measured in one run."""
    found: dict[Goal, list[tuple[Round, Round]]] = {BARE: [], SAME_ROWS: [], THREE: []}
    with stage() as set_up:
        prepare(set_up.folder)
        ours = set_up.start_ours()
        bare, rows = set_up.start_control("bare_post"), set_up.start_control("rows_post")
        for round_ in range(ROUNDS + 1):
            first, later = round_ * PER_ROUND, (ROUNDS + 1 + round_) * PER_ROUND
            person = rate(set_up, PERSON, ours, "/registry/v1/persons", first)
            plain = rate(set_up, PERSON, bare, "/persons", first)
            whole = rate(set_up, PERSON, rows, "/persons", first)
            household = rate(set_up, HOUSEHOLD, ours, "/registry/v1/households", later)
            found[BARE].append((person, plain))
            found[SAME_ROWS].append((person, whole))
            found[THREE].append((Round(3 * household.figure, household.cost.shared(3)), plain))
    return {goal: pairs[1:] for goal, pairs in found.items()}


def rate(set_up: Stage, script: Path, base: str, path: str, first: int) -> Round:
    """Requests a second of one round, which begins with the given number."""
    shot = set_up.shoot(script, base, 32, path, str(first))
    people = shot.rate * SECONDS * (3 if script is HOUSEHOLD else 1)
    if people > 0.9 * PER_ROUND:
        raise Unmeasured(f"{people:.0f} people in a round, and there are {PER_ROUND}: raise PER_ROUND")
    return shot.throughput


def against_drf() -> Outcome:
    """In a run of its own: only this control needs an environment of its own."""
    with stage() as set_up:
        prepare(set_up.folder)
        control, ours = set_up.start_drf(), set_up.start_ours()
        pairs = []
        for round_ in range(ROUNDS + 1):
            first = round_ * PER_ROUND
            person = rate(set_up, PERSON, ours, "/registry/v1/persons", first)
            pairs.append((person, rate(set_up, PERSON, control, "/persons", first)))
    return outcome_of(pairs[1:], "requests/s")


@contextmanager
def counting(url: str, folder: Path) -> Iterator[Trips]:
    """The count of `shared.testing.trips` in a thread of its own."""
    ready, over, found = Event(), Event(), list[Trips]()

    async def run() -> None:
        async with counted(url, folder) as trips:
            found.append(trips)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield found[0]
    finally:
        over.set()


def round_trips() -> Outcome:
    """Awaited round trips of a registration at one connection."""
    with stage() as set_up, tempfile.TemporaryDirectory(prefix="trips-") as name:
        prepare(set_up.folder)
        with counting(set_up.urls.service_url, Path(name)) as trips:
            per_person = _trips_of(set_up, trips)
    return outcome_of([(per_person, 1.0)], "round trips")


def _trips_of(set_up: Stage, trips: Trips) -> float:
    base = set_up.start_ours(trips.url)
    numbers = iter((set_up.folder / "numbers.txt").read_text().split())
    body = (set_up.folder / "body.json").read_text()
    headers = {"authorization": f"Bearer {set_up.token}", "content-type": "application/json"}
    with httpx.Client(base_url=base, headers=headers) as client:
        for n in range(2 * COUNTED):
            if n == COUNTED:
                trips.reset()
            client.post(
                "/registry/v1/persons", content=filled(body, numbers), headers={"idempotency-key": f"trip-{n}"}
            ).raise_for_status()
        return trips.waited / COUNTED


def _of(goal: Goal, unit: str) -> Callable[[], Outcome]:
    return lambda: outcome_of(shots()[goal], unit)


GOALS: dict[Goal, Measure] = {
    BARE: _of(BARE, "requests/s"),
    SAME_ROWS: _of(SAME_ROWS, "requests/s"),
    DRF: against_drf,
    THREE: _of(THREE, "persons/s"),
    TRIPS: round_trips,
}
