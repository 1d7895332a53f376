"""Who joins everything that grid publishes learns nothing of restricted tags: not by counts, rhythm or figures."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from services.grid.visits.schedules import plan_visits
from shared.auth.access_log import AccessNotes
from shared.contracts.catalogue import TOPICS
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import REGISTRAR, SECOND_GRID, a_person, a_span, a_tag, restricted

SENSITIVE = ("released_prisoner", "community_correction", "drug_user", "severe_mental_disorder")
WEEKS = 6
Told = list[tuple[Any, ...]]


@pytest.fixture
async def twins(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock, crypto: Crypto
) -> Mapping[UUID, UUID]:
    """Some weeks of a village of twins: equal lives and care tags, and one of each has restricted tags besides."""
    pairs = {new_id(): new_id() for _ in SENSITIVE}
    for (one, other), code in zip(pairs.items(), SENSITIVE, strict=True):
        care = [a_tag(each, started_on=date(2026, 3, 1)) for each in (one, other)]
        await arrivals.take(a_person(one), a_person(other), *care)
        await arrivals.take(restricted(a_tag(one, code=code, started_on=date(2026, 3, 2))))
    for week in range(WEEKS):
        clock.set(datetime(2026, 3, 17, 2, tzinfo=UTC) + timedelta(weeks=week))
        async with committed.session() as session:
            outbox = Outbox(session, owner="grid", clock=clock)
            await plan_visits(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
            await session.commit()
        async with door.client(REGISTRAR) as client:
            due = (await client.get("/visits", params={"status": "due", "limit": 200})).json()["items"]
            for visit in due:
                found = ("normal", "absent", "needs_help")[week % 3]
                body = {"finding": found, "done_on": (date(2026, 3, 17) + timedelta(weeks=week)).isoformat()}
                assert (await client.post(f"/visits/{visit['id']}/record", json=body)).status_code == 200
        if week == 3:
            moved = (a_span(end=date(2026, 3, 20)), a_span(SECOND_GRID, start=date(2026, 3, 20)))
            await arrivals.take(*(a_person(one, *moved, version=2) for pair in pairs.items() for one in pair))
    return pairs


async def published(database: Database) -> dict[str, Told]:
    """Per person what a reader of all published topics gets of them, in order, without ids."""
    async with database.session() as session:
        rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
    found: dict[str, Told] = {}
    for row in rows:
        state = orjson.loads(row.payload)["state"]
        if not TOPICS[row.noun].published or "person_id" not in state:
            continue
        told = {name: value for name, value in state.items() if name not in ("id", "person_id")}
        found.setdefault(state["person_id"], []).append((row.noun, row.type, row.occurred_at, sorted(told.items())))
    return found


async def test_counts_and_rhythm_of_a_person_with_restricted_tags_are_those_of_one_without(
    twins: Mapping[UUID, UUID], committed: Database
) -> None:
    told = await published(committed)
    assert len(told) == 2 * len(twins)
    for one, other in twins.items():
        assert len(told[str(one)]) > WEEKS
        assert told[str(one)] == told[str(other)]


async def test_nobody_has_more_visits_due_at_once_than_care_tags(
    twins: Mapping[UUID, UUID], committed: Database
) -> None:
    """What named 43 of 43 people: more visits on the published topic than the published tags ask for."""
    for told in (await published(committed)).values():
        due: Counter[Any] = Counter(dict(state)["due_on"] for _, type_, _, state in told if type_.endswith("planned"))
        assert max(due.values()) == 1
