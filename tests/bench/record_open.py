"""record-open: a record of a ledger is opened, against an incident that is reported: the same API, caller, width.

Both are checked, sealed in their words, noted in the access log, announced and stored under an idempotency key.
Throughput at 32 connections.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from services.grid.features import ROUTES, SPEC
from shared.clock import SystemClock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.doors import Arrivals
from shared.testing.settings import settings_for
from tests.bench.grid_stage import Grid, grid, token
from tests.bench.harness import Goal, Measure, Outcome, Unmeasured, interleaved
from tests.grid.builders import TOWN, VILLAGE, an_area
from tests.shared.ledgers.records.conftest import Published
from tests.shared.ledgers.records.definitions import MEDIATIONS

OPEN = Goal("record-open", "open a ledger's record against opening an incident", 1.0, 0.7)
SCRIPT = Path(__file__).with_name("post_body.lua")
ROUNDS = 5
WORDS = "排水沟走向争议，双方同意先行清理"
RECORD: dict[str, Any] = {
    "area": VILLAGE,
    "values": {"kind": "land", "found_on": "2026-03-02", "amount": 150_000, "matter": WORDS},
}
INCIDENT: dict[str, Any] = {
    "source": "patrol", "category": "environment", "severity": "normal", "area": VILLAGE, "description": WORDS,
}  # fmt: skip
RECORDS, INCIDENTS = "/grid/v1/ledgers/mediations/records", "/grid/v1/incidents"


async def fill(url: str) -> None:
    """A town, its village and a published ledger."""
    database = Database(url, pool=2, application="bench")
    crypto = Crypto.from_settings(settings_for(SPEC.name, url))
    await Arrivals(database, ROUTES, owner=SPEC.name, clock=SystemClock(), crypto=crypto).take(
        an_area(TOWN), an_area(VILLAGE)
    )
    await Published(database).publish(MEDIATIONS)
    await database.close()


def measured(api: Grid) -> Outcome:
    folder, keys = api.stage.folder, iter(range(0, 10**9, 10**6))
    (folder / "token.txt").write_text(token(api.issuer, "grid_worker", VILLAGE, "worker"))
    for name, body in (("record.json", RECORD), ("incident.json", INCIDENT)):
        (folder / name).write_text(json.dumps(body))
    return interleaved(
        lambda: api.stage.shoot(SCRIPT, api.base, 32, RECORDS, "record.json", str(next(keys))).throughput,
        lambda: api.stage.shoot(SCRIPT, api.base, 32, INCIDENTS, "incident.json", str(next(keys))).throughput,
        rounds=ROUNDS,
        unit="requests/s",
    )


def opening() -> Outcome:
    if shutil.which("wrk") is None:
        raise Unmeasured("wrk is missing: apt-get install wrk")
    with grid(fill, rate_per_minute=1_000_000) as api:
        return measured(api)


GOALS: dict[Goal, Measure] = {OPEN: opening}
