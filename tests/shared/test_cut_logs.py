"""A worker that comes back after a log was cut below its position notices it, and is not ready until all came again."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from shared.db.engine import Database
from shared.diagnostics import Diagnostics
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.outbox.writer import Outbox
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.messaging.reading.runner import ConsumerRunner
from shared.observability import metrics
from shared.reconciliation.history import PART, History
from shared.reconciliation.repository import ReconciliationRepository
from shared.reconciliation.service import EVERY, Comparison
from shared.reconciliation.tables import ChecksumQuestion
from shared.testing.bus import MemoryBus
from shared.testing.clock import FrozenClock
from tests.shared.arrivals import a_tag
from tests.shared.consuming import CRYPTO, QUICK, query, running, tell, until_is

TAGS = "registry.tags"
TAG = "registry.tag"
RunnerOf = Callable[[], ConsumerRunner]


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus({TAGS: 1})


@pytest.fixture
def diagnostics() -> Diagnostics:
    return Diagnostics()


@pytest.fixture
def history(kit_database: Database, clock: FrozenClock, diagnostics: Diagnostics) -> History:
    class Context:
        def __init__(self, session: object) -> None:
            self.session = session
            self.clock = clock
            self.outbox = Outbox(session, owner="grid", clock=clock)  # type: ignore[arg-type]

    return History(kit_database, "grid", "grid", Context, diagnostics)  # type: ignore[arg-type]


@pytest.fixture
def runner_of(bus: MemoryBus, kit_database: Database, clock: FrozenClock, history: History) -> RunnerOf:
    def make() -> ConsumerRunner:
        projector = Projector(kit_database, [Route(TAG)], owner="grid", clock=clock, crypto=CRYPTO, reader="grid")
        return ConsumerRunner(bus, StateProcessor(projector), group="grid", tuning=QUICK, on_cut=history.was_cut)

    return make


async def held(database: Database) -> object:
    return await query(database, "SELECT count(*) FROM projected_states")


async def asked(database: Database) -> list[tuple[str, int, int]]:
    """Questions: noun, version, buckets."""
    async with database.session() as session:
        return [(one.noun, one.version, len(one.buckets)) for one in await session.scalars(select(ChecksumQuestion))]


def cut_count() -> float:
    value: float = metrics.LOGS_CUT.labels(TAG)._value.get()
    return value


async def read_twenty(runner: ConsumerRunner, bus: MemoryBus, database: Database) -> None:
    await tell(bus, *(a_tag(str(number)) for number in range(20)))
    async with running(runner):
        await until_is(lambda: held(database), 20)


async def test_a_log_cut_while_the_worker_was_away_is_told_and_asked_for_again(
    runner_of: RunnerOf,
    bus: MemoryBus,
    kit_database: Database,
    history: History,
    diagnostics: Diagnostics,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await read_twenty(runner_of(), bus, kit_database)
    assert await history.whole()
    before = cut_count()
    await tell(bus, *(a_tag(str(number)) for number in range(20, 50)))
    bus.cut(TAGS, 40)
    async with running(runner_of()):
        await until_is(lambda: held(kit_database), 30)
        assert not await history.whole()
    assert cut_count() == before + 1
    assert metrics.NOUNS_INCOMPLETE._value.get() == 1
    assert "registry.tag were deleted before they were read" in diagnostics.reasons()[PART]
    assert await asked(kit_database) == [(TAG, 1, 256)]
    async with kit_database.session() as session:
        said = (await session.scalars(select(OutboxMessage))).one()
    assert (said.type, said.key) == ("grid.checksum_question.asked", TAG)
    told = capsys.readouterr().out
    assert told.count("log_cut_below_position") == 1
    async with running(runner_of()):  # a later start finds where it went on
        await asyncio.sleep(0.1)
    assert await asked(kit_database) == [(TAG, 1, 256)], "the same cut is told once"


async def test_it_is_noticed_though_nothing_is_left_to_read(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database, history: History
) -> None:
    await read_twenty(runner_of(), bus, kit_database)
    await tell(bus, *(a_tag(str(number)) for number in range(20, 50)))
    bus.cut(TAGS, 50)
    for _ in range(2):
        async with running(runner_of()):
            await until_is(lambda: asked(kit_database), [(TAG, 1, 256)])
    assert not await history.whole()
    await tell(bus, a_tag("51"))
    async with running(runner_of()):
        await until_is(lambda: held(kit_database), 21)


async def test_a_topic_made_anew_is_read_from_its_beginning_and_told(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database, history: History
) -> None:
    await read_twenty(runner_of(), bus, kit_database)
    bus.log.clear()
    await tell(bus, a_tag("new"))
    async with running(runner_of()):
        await until_is(lambda: held(kit_database), 21)
    assert await asked(kit_database) == [(TAG, 1, 256)]
    assert not await history.whole()


async def test_a_new_reader_of_a_log_that_begins_late_has_lost_what_lay_before(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    await tell(bus, *(a_tag(str(number)) for number in range(20)))
    bus.cut(TAGS, 5)
    async with running(runner_of()):
        await until_is(lambda: held(kit_database), 15)
    assert await asked(kit_database) == [(TAG, 1, 256)]


async def test_a_log_cut_under_a_reader_that_is_slow_is_noticed(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database
) -> None:
    async with running(runner_of()):
        await tell(bus, *(a_tag(str(number)) for number in range(20)))
        await until_is(lambda: held(kit_database), 20)
        bus.cut(TAGS, 30)
        await tell(bus, *(a_tag(str(number)) for number in range(20, 40)))
        await until_is(lambda: asked(kit_database), [(TAG, 1, 256)])


async def test_compaction_is_no_cut(
    runner_of: RunnerOf, bus: MemoryBus, kit_database: Database, history: History
) -> None:
    await read_twenty(runner_of(), bus, kit_database)
    await tell(bus, *(a_tag("0", version) for version in range(2, 12)))
    for lane, log in bus.log.items():
        bus.log[lane] = [*log[:19], *log[25:]]  # offsets jump, the log begins where it began
    async with running(runner_of()):
        await asyncio.sleep(0.2)
    assert await history.whole()
    assert await asked(kit_database) == []


async def test_the_reader_is_whole_when_its_owner_has_said_all_again_and_it_agrees(
    kit_database: Database, history: History, clock: FrozenClock
) -> None:
    async with kit_database.session() as session:
        context = history._context_of(session)
        await Comparison(context, "grid").ask_for_all([TAG, "registry.checksum"])
        await session.commit()
    assert await asked(kit_database) == [(TAG, 1, 256)], "what is counted is asked for, and nothing else"
    assert not await history.whole()
    async with kit_database.session() as session:
        await ReconciliationRepository(session).answered(TAG, clock.now() + timedelta(minutes=1))
        await session.commit()
    assert await history.whole()
    assert metrics.NOUNS_INCOMPLETE._value.get() == 0


async def test_some_buckets_that_differ_are_no_reason_to_be_taken_out_of_service(
    kit_database: Database, history: History, clock: FrozenClock
) -> None:
    async with kit_database.session() as session:
        await ReconciliationRepository(session).ask(TAG, asked_at=clock.now(), buckets=sorted(EVERY)[1:])
        await session.commit()
    assert await history.whole()
