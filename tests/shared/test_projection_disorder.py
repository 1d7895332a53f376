"""Whatever comes twice, late, restated, to two workers at once or into a failing database: figures = f(newest)."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest
from sqlalchemy import text

from shared.contracts.registry.tags import TagState
from shared.db.engine import Database
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Change, ConsumerContext, Route
from shared.messaging.projection.states import projected_all
from shared.testing.clock import FrozenClock
from tests.shared.arrivals import a_record, a_tag
from tests.shared.consuming import CRYPTO

LEVELS = ("low", "middle", "high")
AGGREGATES = 25


class Books:
    """Posts `f(new) − f(old)` as rows; breaks now and then, before or after it has written."""

    def __init__(self, random: Random) -> None:
        self._random = random

    async def __call__(self, context: ConsumerContext, changes: Sequence[Change[TagState]]) -> None:
        trouble = self._random.random()
        if trouble < 0.1:
            raise ConnectionResetError
        for change in changes:
            levels = [(change.new.level, 1)] + ([] if change.old is None else [(change.old.level, -1)])
            for level, amount in levels:
                await context.raw.execute(
                    "INSERT INTO effects VALUES ($1, gen_random_uuid(), now())", f"{level} {amount}"
                )
        await asyncio.sleep(0)
        if trouble > 0.9:
            raise ConnectionResetError


def a_history(random: Random) -> tuple[list[StoredRecord], Counter[str]]:
    """Four partitions' worth of versions in order, some restated, and what they come to in the end."""
    records, newest = [], {}
    for number in range(AGGREGATES):
        for version in range(1, random.randint(2, 6)):
            level = random.choice(LEVELS)
            state = a_tag(str(number), version, level=level)
            records.append(a_record(state, partition=number % 4))
            if random.random() < 0.2:
                records.append(a_record(state, partition=number % 4, revision=random.randint(1, 3)))
            newest[number] = level
    return records, Counter(newest.values())


def deliveries(records: Sequence[StoredRecord], random: Random) -> list[list[StoredRecord]]:
    """As a bus at its worst gives them: in order per key, in any batches, and again from some point back."""
    batches, at = [], 0
    while at < len(records):
        size = random.randint(1, 12)
        batches.append(list(records[at : at + size]))
        at += size
        if random.random() < 0.25:
            at = max(0, at - random.randint(1, 30))
    return batches


async def deliver(processor: StateProcessor, batches: Sequence[Sequence[StoredRecord]]) -> None:
    for batch in batches:
        while True:  # as the runner does: again, in place
            try:
                await processor.process(batch)
            except ConnectionError:
                continue
            break


@pytest.mark.parametrize("seed", range(6))
async def test_the_books_agree_with_the_newest_states(kit_database: Database, clock: FrozenClock, seed: int) -> None:
    random = Random(seed)
    records, expected = a_history(random)
    takers = [
        StateProcessor(
            Projector(
                kit_database,
                [Route("registry.tag", Books(random))],
                owner="grid",
                clock=clock,
                crypto=CRYPTO,
                reader="grid",
            )
        )
        for _ in range(2)
    ]
    await asyncio.gather(*(deliver(processor, deliveries(records, random)) for processor in takers))
    async with kit_database.session() as session:
        states = await projected_all(session, TagState)
        rows = await session.execute(
            text("""
                SELECT split_part(effect, ' ', 1), sum(split_part(effect, ' ', 2)::int)
                FROM effects GROUP BY 1 HAVING sum(split_part(effect, ' ', 2)::int) <> 0
            """)
        )
        books = {level: int(total) for level, total in rows}
        dead = await session.scalar(text("SELECT count(*) FROM dead_letters"))
    assert Counter(state.level for state in states) == expected == books
    assert dead == 0
