"""Rebuild of a projection from the topics while the live one is read: fill the shadow, catch up, compare, switch."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from aiokafka.structs import TopicPartition
from sqlalchemy import Table, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import DomainError, ErrorKind
from shared.messaging.bus.embedded import DONE, rebuild_group
from shared.messaging.bus.interface import BUS_ERRORS, Bus, Consumer
from shared.messaging.bus.tasks import stop_within
from shared.messaging.dead_letters.store import ParkedKey
from shared.messaging.projection.pending import PendingRecord
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.statements import SWITCH_LOCK
from shared.messaging.projection.states import ProjectedState, ProjectionSlot
from shared.messaging.reading.progress import ConsumerProgress
from shared.messaging.rebuild.comparison import Difference, compare_states
from shared.observability.logging import get_logger

log = get_logger(__name__)

CHUNK = 10_000
NEAR = 1_000
"""Records that are read in a moment, while the live consumer waits."""
NEAR_CHECKS = 3


class RebuildStopped(DomainError):
    """Refusal: the rebuild did not switch; the live generation is as it was."""

    kind, code, title = ErrorKind.CONFLICT, "rebuild_cancelled", "重建已取消"
    advice = "需要时请重新发起重建"


class RebuildStalled(RebuildStopped):
    """Refusal: expected states did not arrive within `RebuildTimes.stall`."""

    code: ClassVar = "rebuild_stalled"
    title: ClassVar = "重建等待的数据没有到达"
    advice: ClassVar = "请先重新发布所缺的数据，再发起重建"


class RebuildRefused(RebuildStopped):
    """Refusal: a rule refused what the live consumer had accepted; after the switch it would be missing."""

    code: ClassVar = "rebuild_refused"
    title: ClassVar = "重建时有数据被规则拒绝"
    advice: ClassVar = "请查看被拒绝的数据，改正后重新发起"


class RebuildBehind(RebuildStopped):
    """Refusal: the shadow did not catch up within `RebuildTimes.hold` while the live consumer was stopped.

    Try again.
    """

    kind, code, title = ErrorKind.UNAVAILABLE, "rebuild_behind", "重建暂时落后，请稍后重试"
    advice = "请等待重建跟上"


@dataclass(frozen=True)
class Expected:
    """Expected states of a republish run: so many aggregates of these nouns together."""

    nouns: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Rebuilt:
    """Result of a rebuild that switched."""

    records: int
    states: int
    slot: int
    differences: tuple[Difference, ...] = ()


Compare = Callable[[AsyncSession, int, int], Awaitable[Sequence[Difference]]]
"""`(session, live, shadow)` → where the service's own figures differ between the two generations."""
Report = Callable[[int, int], Awaitable[bool]]
"""`(records read, records known)`; False asks for the end."""


@dataclass
class RebuildTimes:
    """Times in seconds. `stall`: how long nothing may arrive while something is still expected."""

    poll: float = 0.3
    call: float = 20.0
    hold: float = 8.0
    stall: float = 300.0
    report: float = 2.0


async def _always(done: int, total: int) -> bool:
    return True


@dataclass
class Rebuild:
    """Rebuild of a projection. `processor` must be over a shadow Projector; `group` is the group of the live consumer.

    `tables` are the service's own tables with a `slot` column, which the hooks fill beside the states. Reads go on all
    the time; the live consumer pauses for the moment of the switch only.
    """

    bus: Bus
    processor: StateProcessor
    group: str
    tables: Sequence[Table] = ()
    compare: Compare | None = None
    times: RebuildTimes = field(default_factory=RebuildTimes)
    _records: int = 0

    def __post_init__(self) -> None:
        if not self.processor.projector.shadow:
            raise ValueError("a rebuild needs a shadow projector")
        self._database = self.processor.projector.database

    async def run(self, expected: Collection[Expected] = (), report: Report = _always) -> Rebuilt:
        """Run until the switch. Raises RebuildStopped, or what `failure_kind` calls TRANSIENT: begin again then."""
        live = await self._live()
        await self._empty(1 - live)
        consumer = self.bus.consumer(rebuild_group(self.group))
        lanes = await self._lanes()
        consumer.assign(lanes)
        try:
            async with asyncio.timeout(self.times.call):
                await consumer.start()
                await consumer.seek_to_beginning(*lanes)
            await self._catch_up(consumer, lanes, 1 - live, expected, report)
            rebuilt = await self._switch(consumer, lanes, live)
        finally:
            await self._no_longer_counted(consumer, lanes)
            await stop_within(consumer.stop(), self.times.call)
        await self._empty(live)
        log.info("rebuild_switched", records=rebuilt.records, differences=len(rebuilt.differences))
        return rebuilt

    async def _live(self) -> int:
        async with self._database.session() as session:
            return await session.scalar(select(ProjectionSlot.live)) or 0

    async def _lanes(self) -> list[TopicPartition]:
        return [
            TopicPartition(topic, number)
            for topic in sorted(self.processor.nouns)
            for number in range(await self.bus.partitions(topic))
        ]

    async def _empty(self, slot: int) -> None:
        """Empty the generation that is not live, in chunks."""
        for table in (*self.tables, PendingRecord.__table__, ProjectedState.__table__):
            name = self._database.engine.dialect.identifier_preparer.quote(table.name)  # type: ignore[attr-defined]
            statement = text(
                f"DELETE FROM {name} WHERE ctid = ANY (ARRAY("  # noqa: S608  (a table's name, quoted)
                f"SELECT ctid FROM {name} WHERE slot = :slot LIMIT {CHUNK}))"
            )
            more = True
            while more:
                async with self._database.session() as session:
                    gone = await session.execute(statement, {"slot": slot})
                    await session.commit()
                more = gone.rowcount == CHUNK  # type: ignore[attr-defined]

    async def _catch_up(
        self,
        consumer: Consumer,
        lanes: Sequence[TopicPartition],
        slot: int,
        expected: Collection[Expected],
        report: Report,
    ) -> None:
        now = asyncio.get_running_loop().time
        moved = reported = now()
        near = 0
        while True:
            read = await self._read(consumer)
            moved = now() if read else moved
            if now() - reported > self.times.report or not read:
                ends = await self._ends(consumer, lanes)
                positions = {lane: await consumer.position(lane) for lane in lanes}
                reported = now()
                behind = _behind(ends, positions)
                if not await report(self._records, self._records + behind):
                    raise RebuildStopped
                # owners that never rest: near the end, time and again, is as caught up as it can be
                near = near + 1 if behind <= NEAR else 0
                if (behind == 0 or near >= NEAR_CHECKS) and await self._complete(slot, expected):
                    return
            if now() - moved > self.times.stall:
                raise RebuildStalled

    async def _read(self, consumer: Consumer) -> int:
        async with asyncio.timeout(self.times.call):
            fetched = await consumer.getmany(timeout_ms=round(self.times.poll * 1000))
        records = [record for part in fetched.values() for record in part]
        if records:
            await self.processor.process(records)
            self._records += len(records)
            await self._commit_offsets(
                consumer, {lane: (part[-1].offset + 1, "") for lane, part in fetched.items() if part}
            )
        return len(records)

    async def _complete(self, slot: int, expected: Collection[Expected]) -> bool:
        counted = func.count()
        async with self._database.session() as session:
            for one in expected:
                statement = select(counted).where(ProjectedState.slot == slot, ProjectedState.noun.in_(one.nouns))
                if (await session.scalar(statement) or 0) < one.count:
                    return False
        return True

    async def _ends(self, consumer: Consumer, lanes: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
        async with asyncio.timeout(self.times.call):
            return await consumer.end_offsets(lanes)

    async def _switch(self, consumer: Consumer, lanes: Sequence[TopicPartition], live: int) -> Rebuilt:
        """Stops the live consumer between two batches, reads what it has read, and changes the generation."""
        cluster_id = await self.bus.cluster_id()
        async with self._database.session() as session:
            await session.execute(text("SET LOCAL statement_timeout = '60s'"))
            await session.execute(text("SET LOCAL lock_timeout = '30s'"))
            await session.execute(select(func.pg_advisory_xact_lock(SWITCH_LOCK)))
            held = asyncio.get_running_loop().time()
            goal = await self._positions_of_live(session, cluster_id)
            while _behind(goal, {lane: await consumer.position(lane) for lane in lanes}):
                if asyncio.get_running_loop().time() - held > self.times.hold:
                    raise RebuildBehind
                await self._read(consumer)
            await self._require_what_the_live_one_has(session)
            differences = list(await compare_states(session, live, 1 - live))
            if self.compare is not None:
                differences += await self.compare(session, live, 1 - live)
            now = self.processor.projector.clock.now()
            switched = insert(ProjectionSlot).values(id=1, live=1 - live, switched_at=now)
            await session.execute(
                switched.on_conflict_do_update(
                    index_elements=[ProjectionSlot.id], set_={"live": 1 - live, "switched_at": now}
                )
            )
            counted = select(func.count()).where(ProjectedState.slot == 1 - live)
            states = await session.scalar(counted) or 0
            await session.commit()
        return Rebuilt(self._records, states, 1 - live, tuple(differences))

    async def _positions_of_live(self, session: AsyncSession, cluster_id: str) -> dict[TopicPartition, int]:
        progress = ConsumerProgress
        found = await session.execute(
            select(progress.topic, progress.partition, progress.position).where(
                progress.reader == self.group, progress.cluster_id == cluster_id
            )
        )
        return {TopicPartition(topic, partition): position for topic, partition, position in found}

    async def _require_what_the_live_one_has(self, session: AsyncSession) -> None:
        """Raise RebuildRefused if the shadow refused a key that the live consumer accepted: it would be missing."""
        skipped = self.processor.projector.skipped
        if not skipped:
            return
        parked = {(topic, key) for topic, key in await session.execute(select(ParkedKey.topic, ParkedKey.record_key))}
        if not skipped <= parked:
            raise RebuildRefused

    async def _commit_offsets(self, consumer: Consumer, offsets: Mapping[TopicPartition, tuple[int, str]]) -> None:
        """Commit offsets, for the flow control of the relay only: a rebuild always reads from the beginning."""
        try:
            async with asyncio.timeout(self.times.call):
                await consumer.commit(offsets)
        except BUS_ERRORS as error:
            log.info("rebuild_position_not_told", error=type(error).__name__)

    async def _no_longer_counted(self, consumer: Consumer, lanes: Sequence[TopicPartition]) -> None:
        try:
            async with asyncio.timeout(self.times.call):
                positions = {lane: (await consumer.position(lane), DONE) for lane in lanes}
        except BUS_ERRORS:
            positions = dict.fromkeys(lanes, (0, DONE))
        await self._commit_offsets(consumer, positions)


def _behind(ends: Mapping[TopicPartition, int], positions: Mapping[TopicPartition, int]) -> int:
    return sum(max(end - positions[lane], 0) for lane, end in ends.items())
