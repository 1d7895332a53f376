"""tree-304: the tree of a county's 304 areas asked for by 500 people who log in and know it, against by who do not.

The control is the same process, asked without the tag: a whole answer each time. Throughput at 32 connections.
"""

import asyncio
from pathlib import Path

import httpx

from services.registry.areas.domain import read_divisions
from services.registry.features import SPEC
from services.registry.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.clock import SystemClock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, interleaved
from tests.bench.registry_stage import ROUNDS, Stage, stage
from tests.registry.builders import COUNTY, DIVISIONS, VILLAGE, a_division

TREE = Goal("tree-304", "the county's tree, known, against sent whole", 5, 3)
SCRIPT = Path(__file__).with_name("tree.lua")
PATH = f"/registry/v1/areas/{COUNTY}/subtree"
LOG_INS = 500
TOWNS, VILLAGES = 12, 24
"""Towns besides those of the stage, and villages of each: as many areas as 岑溪 has."""


async def fill(url: str) -> None:
    """A county of the size of 岑溪."""
    database = Database(url, pool=2, application="bench")
    clock, crypto = SystemClock(), Crypto.from_settings(settings_for(SPEC.name, url))
    towns = [f"{COUNTY}{110 + n}" for n in range(TOWNS)]
    lines = [*DIVISIONS, *(a_division(town, f"第{town[-2:]}镇") for town in towns)]
    lines += [a_division(f"{town}{201 + n}", f"第{n}村民委员会") for town in towns for n in range(VILLAGES)]
    async with database.session() as session:
        outbox = Outbox(session, owner=SPEC.name, clock=clock)
        registry = use_cases(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
        await registry.areas.take_over(read_divisions(lines))
        await session.commit()
    await database.close()


def log_in(issuer: int, subject: str) -> str:
    """Somebody's own token."""
    form = {"grant_type": "client_credentials", "role": "grid_worker", "area": VILLAGE, "subject": subject}
    answer = httpx.post(f"http://127.0.0.1:{issuer}/token", data={**form, "lifetime": "86400"})
    return str(answer.raise_for_status().json()["access_token"])


def measured(set_up: Stage) -> Outcome:
    base = set_up.start_ours()
    tokens = [log_in(set_up.issuer_port, f"worker-{n}") for n in range(LOG_INS)]
    (set_up.folder / "tokens.txt").write_text("\n".join(tokens) + "\n")
    answer = httpx.get(f"{base}{PATH}", headers={"authorization": f"Bearer {tokens[0]}"}).raise_for_status()
    tag = answer.headers["etag"].removeprefix("W/")
    return interleaved(
        lambda: set_up.shoot(SCRIPT, base, 32, PATH, tag).throughput,
        lambda: set_up.shoot(SCRIPT, base, 32, PATH).throughput,
        rounds=ROUNDS,
        unit="requests/s",
    )


def tree() -> Outcome:
    with stage() as set_up:
        asyncio.run(fill(set_up.urls.service_url))
        return measured(set_up)


GOALS: dict[Goal, Measure] = {TREE: tree}
