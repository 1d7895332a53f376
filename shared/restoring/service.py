"""Use case of a restored service: its readers hold what it has lost; they are told what holds and what does not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.contracts.envelope import FACTS, Fact
from shared.contracts.restoring import FORGOTTEN, ROLLED_BACK
from shared.db.engine import Database
from shared.db.session import rows_of
from shared.jobs.tables import JobRow
from shared.messaging.bus.interface import Bus
from shared.messaging.outbox.tables import OUTBOX
from shared.messaging.outbox.writer import outbox_row
from shared.republish import CHUNK
from shared.restoring.told import ToldNoun, told_of
from shared.service import ServiceSpec

_RUNNING = text(
    """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database()
      AND (starts_with(application_name, :api) OR starts_with(application_name, :worker))
    """
)
_NUMBERS = text("SELECT max(nextval(pg_get_serial_sequence('jobs', 'number'))) FROM generate_series(1, :count)")


@dataclass(frozen=True)
class Restored:
    """What was told. `revision`: under which the readers hear of it; of each noun what was ahead of the database."""

    revision: int
    nouns: Mapping[str, ToldNoun]


async def still_running(session: AsyncSession, service: str) -> bool:
    """Whether an API or a worker of the service is connected: what it writes meanwhile could not be told apart."""
    found = await session.scalar(_RUNNING, {"api": f"{service}-api", "worker": f"{service}-worker"})
    return bool(found)


async def tell_restored(
    spec: ServiceSpec, database: Database, bus: Bus, clock: Clock, topic: Callable[[str], str]
) -> Restored:
    """Compare every noun of the service with its topic, and announce through the outbox what differs.

    What was rewound is announced as `rolled_back` in the version that the database holds, what is not known any more as
    `forgotten`. `topic` gives the complete name of a noun's topic. Doing it again tells the same again. Raises
    BusUnavailable.
    """
    nouns = {noun: await told_of(bus, database, noun, topic(noun), ids) for noun, ids in spec.aggregates.items()}
    async with database.session() as session:
        revision = await _next_number(session, max((one.revision for one in nouns.values()), default=0))
        await session.commit()
    for noun, told in nouns.items():
        await _restored(spec, database, clock, noun, told, revision)
        await _forgotten(spec, database, clock, noun, told, revision)
    return Restored(revision, nouns)


async def _next_number(session: AsyncSession, told: int) -> int:
    """A job's number above all that was told: later runs go on from there, or their readers would ignore them."""
    highest = await session.scalar(select(func.coalesce(func.max(JobRow.number), 0))) or 0
    count = max(told - highest, 0) + 1
    number = await session.scalar(_NUMBERS, {"count": count})
    assert number is not None
    return max(int(number), told + 1)


async def _restored(
    spec: ServiceSpec, database: Database, clock: Clock, noun: str, told: ToldNoun, revision: int
) -> None:
    """Announce what was rewound in its own version. The noun is walked in its own order, its rows locked."""
    wanted = {one.aggregate for one in told.rewound}
    after: str | None = None
    while wanted:
        async with database.session() as session:
            facts = await spec.restate[noun](session, after, CHUNK)
            if not facts:
                return
            after = facts[-1].state.subject
            chosen = [_as(fact, ROLLED_BACK) for fact in facts if fact.state.subject in wanted]
            wanted -= {fact.state.subject for fact in chosen}
            await _add(session, spec, clock, chosen, revision)


async def _forgotten(
    spec: ServiceSpec, database: Database, clock: Clock, noun: str, told: ToldNoun, revision: int
) -> None:
    read = FACTS[f"{noun}.{FORGOTTEN}", 1].model_validate_json
    lost = told.lost
    for start in range(0, len(lost), CHUNK):
        async with database.session() as session:
            await _add(session, spec, clock, [read(one.data) for one in lost[start : start + CHUNK]], revision)


def _as(fact: Fact[Any], word: str) -> Fact[Any]:
    """The same state as another fact of its noun."""
    return FACTS[f"{fact.state.noun}.{word}", 1](state=fact.state)


async def _add(
    session: AsyncSession, spec: ServiceSpec, clock: Clock, facts: Sequence[Fact[Any]], revision: int
) -> None:
    if facts:
        rows = [outbox_row(fact, owner=spec.name, clock=clock, revision=revision) for fact in facts]
        rows_of(session).add(OUTBOX, rows)
        await session.commit()
