"""post-person: POST of a person, with checks, encryption, ledger, outbox and idempotency key.

Control: FastAPI and asyncpg, BEGIN, INSERT, INSERT, COMMIT. Throughput at 32 connections; every number is new.
"""

import json
from datetime import date
from pathlib import Path

from tests.bench.harness import Goal, Measure, Outcome, outcome_of
from tests.bench.registry_stage import ROUNDS, stage
from tests.registry.builders import a_number, a_person

SCRIPT = Path(__file__).with_name("post_person.lua")
PER_ROUND = 10_000
"""More than any server answers in a round."""
BORN = date(1971, 2, 3)

GOAL = Goal("post-person", "POST a person, with checks, encryption, outbox, idempotency key", 1.2, 0.85)


def throughput() -> Outcome:
    with stage() as set_up:
        numbers = [a_number(BORN, "2", serial=n) for n in range(PER_ROUND * (ROUNDS + 1))]
        (set_up.folder / "numbers.txt").write_text("\n".join(numbers))
        body = a_person(birth_date=BORN.isoformat(), document={"number": "NUMBER"})
        (set_up.folder / "body.json").write_text(json.dumps(body))
        ours, control = set_up.start_ours(), set_up.start_control("bare_post")
        pairs = []
        for number in range(ROUNDS + 1):
            first = str(number * PER_ROUND)
            pairs.append(
                (
                    set_up.shoot(SCRIPT, ours, 32, "/registry/v1/persons", first).rate,
                    set_up.shoot(SCRIPT, control, 32, "/persons", first).rate,
                )
            )
        return outcome_of(pairs[1:], "requests/s")


GOALS: dict[Goal, Measure] = {GOAL: throughput}
