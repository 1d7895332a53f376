"""What a consumer holds is built again beside itself, while it goes on being read and written, and comes out equal."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Column, Integer, MetaData, SmallInteger, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.grid.grids import GridState
from shared.contracts.registry.tags import TagState
from shared.db.engine import Database, raw_dsn
from shared.errors import DomainError
from shared.messaging.bus.embedded import DONE
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Change, ConsumerContext, NotYetKnown, Route
from shared.messaging.projection.states import projected_all
from shared.messaging.reading.runner import ConsumerRunner
from shared.messaging.rebuild.comparison import Difference
from shared.messaging.rebuild.rebuild import (
    Expected,
    Rebuild,
    RebuildRefused,
    RebuildStalled,
    RebuildStopped,
    RebuildTimes,
)
from shared.testing.bus import MemoryBus
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.shared.arrivals import VILLAGE, a_grid, a_tag, an_area
from tests.shared.consuming import CRYPTO, QUICK, query, running, tell, until_is

FIGURES = Table(
    "test_figures",
    MetaData(),
    Column("slot", SmallInteger, primary_key=True),
    Column("level", Text, primary_key=True),
    Column("value", Integer),
)
LIVE_SLOT_SQL = "coalesce((SELECT live FROM projection_slots), 0)"
SUM = f"SELECT coalesce(sum(value), 0) FROM test_figures WHERE slot = {LIVE_SLOT_SQL}"
BY_LEVEL = f"SELECT json_object_agg(level, value ORDER BY level)::text FROM test_figures WHERE slot = {LIVE_SLOT_SQL}"
SOON = RebuildTimes(poll=0.02, report=0.05, stall=60, hold=20)


class Spoilt(DomainError):
    code = "spoilt"


class Counting:
    """Counts tags by level: the difference between new and old, in the slot that is written."""

    def __init__(self) -> None:
        self.refuses = "nothing"
        self.rebuilding_seen = False

    async def __call__(self, context: ConsumerContext, changes: Sequence[Change[TagState]]) -> None:
        self.rebuilding_seen |= context.rebuilding
        deltas: dict[str, int] = {}
        for change in changes:
            if change.new.level == self.refuses:
                raise Spoilt
            if change.old is not None:
                deltas[change.old.level or "-"] = deltas.get(change.old.level or "-", 0) - 1
            deltas[change.new.level or "-"] = deltas.get(change.new.level or "-", 0) + 1
        for level, delta in sorted(deltas.items()):
            await context.raw.execute(
                "INSERT INTO test_figures AS known VALUES ($1, $2, $3) "
                "ON CONFLICT (slot, level) DO UPDATE SET value = known.value + excluded.value",
                context.slot,
                level,
                delta,
            )


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def figures(committed_of: DatabaseOf) -> AsyncIterator[None]:
    owner = await asyncpg.connect(raw_dsn((await committed_of("kit")).owner_url))
    await owner.execute("""
        CREATE TABLE test_figures (slot smallint, level text, value integer NOT NULL, PRIMARY KEY (slot, level));
        GRANT ALL ON test_figures TO PUBLIC
    """)
    yield
    await owner.execute("DROP TABLE test_figures")
    await owner.close()


@pytest.fixture
def bus() -> MemoryBus:
    return MemoryBus({"registry.tags": 3, "registry.areas": 2, "grid.grids": 2})


@pytest.fixture
def counting() -> Counting:
    return Counting()


TakerOf = Callable[[bool], StateProcessor]


@pytest.fixture
def processor_of(kit_database: Database, clock: FrozenClock, counting: Counting) -> TakerOf:
    async def in_a_known_village(context: ConsumerContext, changes: Sequence[Change[GridState]]) -> None:
        if (
            await context.raw.fetchval(
                "SELECT count(*) FROM projected_states WHERE slot = $1 AND noun = 'registry.area'", context.slot
            )
            == 0
        ):
            raise NotYetKnown("registry.area", VILLAGE)

    def make(shadow: bool) -> StateProcessor:
        routes = (Route("grid.grid", in_a_known_village), Route("registry.tag", counting), Route("registry.area"))
        return StateProcessor(
            Projector(kit_database, routes, owner="grid", clock=clock, crypto=CRYPTO, reader="grid", shadow=shadow)
        )

    return make


async def test_what_was_spoilt_is_set_right_and_the_difference_is_told(
    bus: MemoryBus, processor_of: TakerOf, kit_database: Database, counting: Counting
) -> None:
    await tell(
        bus, *(a_tag(str(n), level="low") for n in range(30)), *(a_tag(str(n), 2, level="high") for n in range(9))
    )
    async with running(ConsumerRunner(bus, processor_of(False), group="grid", tuning=QUICK)):
        await until_is(lambda: query(kit_database, BY_LEVEL), '{ "high" : 9, "low" : 21 }')
        async with kit_database.session() as session:
            await session.execute(text("UPDATE test_figures SET value = value + 5 WHERE level = 'low'"))
            await session.execute(
                text("DELETE FROM projected_states WHERE ctid IN (SELECT ctid FROM projected_states LIMIT 2)")
            )
            await session.commit()

        async def compare(session: AsyncSession, live: int, shadow: int) -> Sequence[Difference]:
            totals = [
                await session.scalar(text("SELECT sum(value) FROM test_figures WHERE slot = :slot"), {"slot": slot})
                for slot in (live, shadow)
            ]
            return [Difference("figures", str(totals[0]), str(totals[1]))] if totals[0] != totals[1] else []

        rebuild = Rebuild(bus, processor_of(True), "grid", (FIGURES,), compare, SOON)
        rebuilt = await rebuild.run([Expected(("registry.tag",), 30)])
        assert [difference.what for difference in rebuilt.differences] == ["registry.tag", "figures"]
        assert (rebuilt.states, rebuilt.slot) == (30, 1)
        assert await query(kit_database, BY_LEVEL) == '{ "high" : 9, "low" : 21 }'
        await tell(bus, a_tag("0", 3, level="low"))  # the live consumer goes on where the shadow was
        await until_is(lambda: query(kit_database, BY_LEVEL), '{ "high" : 8, "low" : 22 }')
    assert counting.rebuilding_seen
    assert await query(kit_database, "SELECT count(*) FROM projected_states WHERE slot = 0") == 0
    assert await query(kit_database, "SELECT count(*) FROM test_figures WHERE slot = 0") == 0
    assert {metadata for _, metadata in bus.groups["grid.rebuild"].offsets.values()} == {DONE}


async def test_while_it_is_rebuilt_it_is_read_and_written(
    bus: MemoryBus, processor_of: TakerOf, kit_database: Database
) -> None:
    await tell(bus, *(a_tag(str(n), level="low") for n in range(40)))
    async with running(ConsumerRunner(bus, processor_of(False), group="grid", tuning=QUICK)):
        await until_is(lambda: query(kit_database, SUM), 40)
        stop = asyncio.Event()

        async def keep_telling() -> int:
            version = 1
            while not stop.is_set():
                version += 1
                await tell(bus, *(a_tag(str(n), version, level=f"level-{version % 3}") for n in range(40)))
                await asyncio.sleep(0.02)
            return version

        async def keep_reading() -> set[object]:
            seen: set[object] = set()
            while not stop.is_set():
                seen.add(await query(kit_database, SUM))
            return seen

        telling, reading = asyncio.create_task(keep_telling()), asyncio.create_task(keep_reading())
        for slot in (1, 0, 1):
            outcome = await Rebuild(bus, processor_of(True), "grid", (FIGURES,), None, SOON).run()
            assert outcome.slot == slot
        stop.set()
        version = await telling
        assert await reading == {40}
        await until_is(
            lambda: query(kit_database, f"SELECT min(sequence) FROM projected_states WHERE slot = {LIVE_SLOT_SQL}"),
            version,
        )
        assert await query(kit_database, SUM) == 40
    async with kit_database.session() as session:
        assert len(await projected_all(session, TagState)) == 40


async def test_it_does_not_switch_before_the_promised_states_came(
    bus: MemoryBus, processor_of: TakerOf, kit_database: Database
) -> None:
    await tell(bus, a_tag("a"))
    rebuild = Rebuild(bus, processor_of(True), "grid", (FIGURES,), None, replace(SOON, stall=0.5))
    with pytest.raises(RebuildStalled):
        await rebuild.run([Expected(("registry.tag",), 2)])
    assert await query(kit_database, f"SELECT {LIVE_SLOT_SQL}") == 0
    assert {metadata for _, metadata in bus.groups["grid.rebuild"].offsets.values()} == {DONE}
    later = asyncio.create_task(
        Rebuild(bus, processor_of(True), "grid", (FIGURES,), None, SOON).run([Expected(("registry.tag",), 2)])
    )
    await asyncio.sleep(0.2)
    await tell(bus, a_tag("b"))
    assert (await later).states == 2


async def test_a_cancelled_rebuild_leaves_what_is_read(
    bus: MemoryBus, processor_of: TakerOf, kit_database: Database
) -> None:
    async def cancelled(done: int, total: int) -> bool:
        return False

    await tell(bus, a_tag("a"))
    with pytest.raises(RebuildStopped, match="rebuild_cancelled"):
        await Rebuild(bus, processor_of(True), "grid", (FIGURES,), None, SOON).run([], cancelled)
    assert await query(kit_database, f"SELECT {LIVE_SLOT_SQL}") == 0


async def test_a_rule_that_refuses_only_in_the_rebuild_prevents_the_switch(
    bus: MemoryBus, processor_of: TakerOf, kit_database: Database, counting: Counting
) -> None:
    await tell(bus, a_tag("a", level="low"), a_tag("b", level="odd"))
    async with running(ConsumerRunner(bus, processor_of(False), group="grid", tuning=QUICK)):
        await until_is(lambda: query(kit_database, SUM), 2)
        counting.refuses = "odd"
        with pytest.raises(RebuildRefused):
            await Rebuild(bus, processor_of(True), "grid", (FIGURES,), None, SOON).run()
        assert await query(kit_database, SUM) == 2


async def test_keys_that_are_parked_stay_parked_through_a_rebuild(
    bus: MemoryBus, processor_of: TakerOf, kit_database: Database, counting: Counting
) -> None:
    counting.refuses = "odd"
    await tell(bus, a_tag("a", level="low"), a_tag("b", level="low"))
    async with running(ConsumerRunner(bus, processor_of(False), group="grid", tuning=QUICK)):
        await until_is(lambda: query(kit_database, SUM), 2)
        await tell(bus, a_tag("b", 2, level="odd"))
        await until_is(lambda: query(kit_database, "SELECT count(*) FROM parked_keys"), 1)
        await tell(bus, a_tag("b", 3, level="high"))
        await until_is(lambda: query(kit_database, "SELECT count(*) FROM dead_letters"), 2)
        rebuilt = await Rebuild(bus, processor_of(True), "grid", (FIGURES,), None, SOON).run()
        assert rebuilt.states == 2
        assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 2


async def test_what_waits_in_a_rebuild_goes_on_waiting_after_it(
    bus: MemoryBus, processor_of: TakerOf, kit_database: Database
) -> None:
    async with running(ConsumerRunner(bus, processor_of(False), group="grid", tuning=QUICK)):
        await tell(bus, a_grid())
        await until_is(lambda: query(kit_database, "SELECT count(*) FROM pending"), 1)
        await Rebuild(bus, processor_of(True), "grid", (FIGURES,), None, SOON).run()
        assert await query(kit_database, "SELECT array_agg(slot) FROM pending") == [1]
        await tell(bus, an_area())
        await until_is(lambda: query(kit_database, "SELECT count(*) FROM projected_states WHERE slot = 1"), 2)
