"""get-person, get-p99, get-person-drf: GET of a person, everything on: token, scope, decrypt, mask, ETag, access log.

Controls, with nothing on: bare FastAPI, asyncpg and orjson; Django REST Framework. Throughput at 32 connections,
latency at 8.
"""

from functools import cache
from pathlib import Path

from tests.bench.harness import Goal, Measure, Outcome, Round, outcome_of
from tests.bench.registry_stage import ROUNDS, Shot, stage

SCRIPT = Path(__file__).with_name("get_person.lua")

THROUGHPUT = Goal("get-person", "GET a person, everything on", 1.5, 0.85)
DRF = Goal("get-person-drf", "the same against Django REST Framework at its best", 12, 7)
LATENCY = Goal("get-p99", "its 99th percentile at 8 connections", 1.0, 1.5, "lower")


@cache
def shots() -> dict[int, list[tuple[Shot, Shot]]]:
    """Pairs (ours, control) by the number of connections, measured once for both goals."""
    with stage() as set_up:
        ours, control = set_up.start_ours(), set_up.start_control("bare_get")

        def pair(connections: int) -> tuple[Shot, Shot]:
            return (
                set_up.shoot(SCRIPT, ours, connections, "/registry/v1/persons/"),
                set_up.shoot(SCRIPT, control, connections, "/persons/"),
            )

        pair(32)  # warm-up
        return {connections: [pair(connections) for _ in range(ROUNDS)] for connections in (32, 8)}


def against_drf() -> Outcome:
    with stage() as set_up:
        control, ours = set_up.start_drf(), set_up.start_ours()

        def pair() -> tuple[Round, Round]:
            return (
                set_up.shoot(SCRIPT, ours, 32, "/registry/v1/persons/").throughput,
                set_up.shoot(SCRIPT, control, 32, "/persons/").throughput,
            )

        pair()  # warm-up
        return outcome_of([pair() for _ in range(ROUNDS)], "requests/s")


def throughput() -> Outcome:
    return outcome_of([(ours.throughput, control.throughput) for ours, control in shots()[32]], "requests/s")


def latency() -> Outcome:
    return outcome_of([(ours.latency, control.latency) for ours, control in shots()[8]], "ms")


GOALS: dict[Goal, Measure] = {THROUGHPUT: throughput, LATENCY: latency, DRF: against_drf}
