"""record-validate: records through fields, rules and computed fields, against jsonschema-rs on the same rows plus the
same CEL calls made bare. Processor seconds of one thread each; the ledger is the shipped one of disputes.
"""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import yaml

from deploy.local.environment import ROOT
from shared.ledgers.compiler.compiling import compile_ledger
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.documents.values import sent
from shared.ledgers.grammar.definition import Definition
from tests.bench.environment import CONTROLS, programs
from tests.bench.harness import Goal, Measure, Outcome, interleaved

VALIDATE = Goal("record-validate", "records a second through fields, rules, computed fields", 1.0, 0.5)
ROWS, ROUNDS = 10_000, 3
TODAY, STATUS = date(2026, 11, 20), "closed"


def disputes() -> Ledger:
    text = (ROOT / "services/grid/ledgers/disputes.yaml").read_text("utf-8")
    return compile_ledger(Definition.model_validate(yaml.load(text, yaml.CSafeLoader)), version=1)


def row(n: int) -> dict[str, Any]:
    """Values of a dispute that is closed: each field but the file."""
    return {
        "kind": ("neighbours", "family", "land", "wages", "traffic", "medical", "other")[n % 7],
        "risk": ("red", "orange", "yellow")[n % 3],
        "found_on": f"2026-{1 + n % 9:02}-{1 + n % 28:02}",
        "matter": f"排水沟走向争议，第 {n} 件",
        "place": {"longitude": 111 + n % 100 / 1000, "latitude": 22.9},
        "mediator": "示例甲",
        "outcome": "agreed",
        "agreed_on": f"2026-10-{1 + n % 28:02}",
        "amount": n * 100,
        "parties": [{"name": "示例乙", "phone": f"138{n:08}"}, {"name": "示例丙"}],
    }


def pass_through(ledger: Ledger, rows: list[dict[str, Any]]) -> float:
    """Processor seconds for all rows, as an opening takes them."""
    began = time.process_time()
    for one in rows:
        values = ledger.accept(one, today=TODAY)
        problems, computed = ledger.judged(values, STATUS, today=TODAY)
        assert not problems
        assert computed["days_open"] is not None
    return time.process_time() - began


def bare_calls(ledger: Ledger, rows: list[dict[str, Any]]) -> Callable[[], float]:
    """Processor seconds of the CEL library alone: each rule and computed field over variables made beforehand."""
    expressed = ledger._expressed
    checked = [one.program for one in expressed.rules] + [one.program for one in expressed.computed_fields]
    calls = []
    for one in rows:
        over = expressed._running(ledger.accept(one, today=TODAY), STATUS, TODAY)
        calls += [(program._expression.eval, {name: over[name] for name in program.reads}) for program in checked]

    def run() -> float:
        began = time.process_time()
        for evaluate, data in calls:
            evaluate(data=data).value()
        return time.process_time() - began

    return run


@contextmanager
def jsonschema(ledger: Ledger, rows: list[dict[str, Any]]) -> Iterator[Callable[[], float]]:
    """Processor seconds of jsonschema-rs with the schema that the ledger's typed document shows."""
    command = [str(programs("jsonschema") / "python"), str(CONTROLS / "jsonschema" / "validate.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as control:
        assert control.stdin is not None
        assert control.stdout is not None
        told, heard = control.stdin, control.stdout

        def ask(line: str) -> str:
            told.write(line + "\n")
            told.flush()
            return heard.readline()

        try:
            assert ask(json.dumps({"schema": sent(ledger), "rows": rows})) == "ready\n"
            yield lambda: float(ask("again"))
        finally:
            control.kill()


def validate() -> Outcome:
    ledger, rows = disputes(), [row(n) for n in range(ROWS)]
    calls = bare_calls(ledger, rows)
    with jsonschema(ledger, rows) as schema:
        return interleaved(
            lambda: ROWS / pass_through(ledger, rows),
            lambda: ROWS / (schema() + calls()),
            rounds=ROUNDS,
            unit="records/s",
        )


GOALS: dict[Goal, Measure] = {VALIDATE: validate}
