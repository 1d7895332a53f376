"""An owner whose database came out of a backup says what holds: readers that were ahead of it follow, and lose what it
lost."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, insert, select, text

from services.registry.areas.models import Area
from services.registry.features import SPEC
from shared.commands.restoring import told
from shared.contracts.catalogue import STATE_TOPICS, TOPICS, topic_name
from shared.contracts.envelope import FACTS, STATES
from shared.contracts.registry.areas import AreaState
from shared.contracts.restoring import FORGOTTEN, ROLLED_BACK
from shared.db.engine import Database
from shared.feature import Feature, routes_of
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Change, ConsumerContext, Route
from shared.messaging.projection.states import ProjectedState
from shared.republish import ask_republish
from shared.restoring.service import Restored, still_running, tell_restored
from shared.restoring.told import Told, ToldNoun, told_of
from shared.testing.bus import MemoryBus
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.shared.arrivals import VILLAGE, a_record, a_tag, an_area, an_id, records
from tests.shared.consuming import CRYPTO, tell
from tests.shared.facts import structured
from tests.shared.relaying import a_bus, a_relay, running, until_published

TAG = "registry.tag"
AREA = "registry.area"
VersionOf = Callable[..., StoredRecord]


class Figure:
    """A hook that keeps how many tags there are of each level: `f(new) - f(old)`, and `-f(old)` of what went."""

    def __init__(self) -> None:
        self.tags: dict[str | None, int] = {}
        self.forgotten: list[str] = []

    async def count(self, _: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        for change in changes:
            self._add(change.new.level, 1)
            if change.old is not None:
                self._add(change.old.level, -1)

    async def uncount(self, _: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        for change in changes:
            assert change.old is not None
            self._add(change.old.level, -1)
            self.forgotten.append(change.id)

    def _add(self, level: str | None, amount: int) -> None:
        self.tags[level] = self.tags.get(level, 0) + amount
        if not self.tags[level]:
            del self.tags[level]


@pytest.fixture
def figure() -> Figure:
    return Figure()


@pytest.fixture
def reader(kit_database: Database, clock: FrozenClock, figure: Figure) -> StateProcessor:
    route = Route(TAG, figure.count, figure.uncount)
    projector = Projector(kit_database, [route], owner="grid", clock=clock, crypto=CRYPTO, reader="grid")
    return StateProcessor(projector)


def restored(version: int, level: str, name: str = "tag", revision: int = 40) -> StoredRecord:
    return a_record(a_tag(name, version, level=level), type_=f"{TAG}.{ROLLED_BACK}", revision=revision)


def forgotten(version: int, level: str, name: str = "tag", revision: int = 40) -> StoredRecord:
    return a_record(a_tag(name, version, level=level), type_=f"{TAG}.{FORGOTTEN}", revision=revision)


def changed(version: int, level: str, name: str = "tag") -> StoredRecord:
    return a_record(a_tag(name, version, level=level))


async def held(database: Database) -> list[tuple[str, int, int]]:
    async with database.session() as session:
        rows = await session.execute(
            select(ProjectedState.aggregate, ProjectedState.sequence, ProjectedState.revision).order_by(
                ProjectedState.aggregate
            )
        )
        return [tuple(row) for row in rows]


ID = str(an_id("tag"))
PAST = [changed(1, "low"), changed(2, "middle"), changed(5, "high")]


async def test_the_version_of_a_restored_owner_holds_though_a_higher_one_was_told(
    reader: StateProcessor, figure: Figure, kit_database: Database
) -> None:
    await reader.process(PAST)
    await reader.process([restored(2, "middle")])
    assert await held(kit_database) == [(ID, 2, 40)]
    assert figure.tags == {"middle": 1}
    await reader.process([changed(3, "low")])
    assert await held(kit_database) == [(ID, 3, 0)]
    assert figure.tags == {"low": 1}


async def test_what_a_restored_owner_does_not_know_is_removed_and_counted_no_more(
    reader: StateProcessor, figure: Figure, kit_database: Database
) -> None:
    await reader.process([*PAST, changed(1, "high", "other")])
    await reader.process([forgotten(5, "high")])
    assert await held(kit_database) == [(str(an_id("other")), 1, 0)]
    assert figure.tags == {"high": 1}
    assert figure.forgotten == [ID]
    await reader.process([forgotten(5, "high"), forgotten(1, "low", "nobody")])
    assert figure.forgotten == [ID], "what is not held is not counted off"
    await reader.process([changed(1, "low")])
    assert await held(kit_database) == sorted([(ID, 1, 0), (str(an_id("other")), 1, 0)]), "a code may be given again"
    assert figure.tags == {"high": 1, "low": 1}


@pytest.mark.parametrize("cut", range(1, 7))
async def test_however_it_is_cut_into_batches_and_read_again_the_end_is_the_same(
    reader: StateProcessor, figure: Figure, kit_database: Database, cut: int
) -> None:
    log = [*PAST, forgotten(5, "high"), changed(1, "low"), changed(2, "low"), restored(1, "middle", revision=41)]
    for _ in range(2):
        for start in range(0, len(log), cut):
            await reader.process(log[start : start + cut])
    assert await held(kit_database) == [(ID, 1, 41)]
    assert figure.tags == {"middle": 1}
    async with kit_database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM dead_letters")) == 0


async def test_strangers_may_say_it_in_structured_mode(reader: StateProcessor, kit_database: Database) -> None:
    await reader.process(PAST)
    said = forgotten(5, "high")
    assert said.value is not None
    attributes = {name.removeprefix("ce_"): value.decode() for name, value in said.headers}
    event = structured(attributes, said.value)
    record = StoredRecord(
        said.topic, 0, said.offset + 100, said.key, event, (("content-type", b"application/cloudevents+json"),)
    )
    await reader.process([record])
    assert await held(kit_database) == []


async def test_a_gap_is_not_told_of_a_restored_owner(
    reader: StateProcessor, kit_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await reader.process([changed(1, "low")])
    await reader.process([restored(9, "low")])
    assert await held(kit_database) == [(ID, 9, 40)]
    assert "sequence_gap" not in capsys.readouterr().out


async def test_hooks_of_several_nouns_hear_of_it_and_others_do_not(kit_database: Database, clock: FrozenClock) -> None:
    first, second = Figure(), Figure()
    routes = routes_of(
        [
            Feature(routes=(Route(TAG, first.count, first.uncount),)),
            Feature(routes=(Route(TAG, second.count),)),
            Feature(routes=(Route(TAG, None, first.uncount),)),
        ]
    )
    projector = Projector(kit_database, routes, owner="grid", clock=clock, crypto=CRYPTO, reader="grid")
    await StateProcessor(projector).process([changed(1, "low")])
    await StateProcessor(projector).process([forgotten(1, "low")])
    assert first.forgotten == [ID, ID]
    assert (first.tags, second.tags) == ({"low": -1}, {"low": 1})


def test_every_noun_has_both_facts_with_its_own_state() -> None:
    for noun, state in STATES.items():
        for word in (ROLLED_BACK, FORGOTTEN):
            assert FACTS[f"{noun}.{word}", 1].model_fields["state"].annotation is state


# -- the owner ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def bus() -> MemoryBus:
    return a_bus()


@pytest_asyncio.fixture(loop_scope="session")
async def registry(committed_of: DatabaseOf) -> Database:
    """Registry as it came out of a backup: village 201 in version 2, 202 in version 4."""
    database = (await committed_of("registry")).database
    columns = {"name": "谢村", "level": 12, "kind": "villagers_committee", "parent": VILLAGE[:9], "successors": []}
    since = date(2000, 1, 1)
    async with database.session() as session:
        await session.execute(delete(Area))
        for code, version in ((VILLAGE, 2), (VILLAGE[:-1] + "2", 4)):
            await session.execute(insert(Area), [{**columns, "code": code, "valid_from": since, "version": version}])
        await session.commit()
    return database


SECOND, LOST = VILLAGE[:-1] + "2", VILLAGE[:-1] + "9"
TOLD_BEFORE = records(
    an_area(VILLAGE),
    an_area(VILLAGE, 2),
    an_area(VILLAGE, 3, name="新村"),
    an_area(SECOND, 4),
    an_area(LOST),
    an_area(LOST, 2, name="失村"),
)
"""What was told until the database was lost: of 201 one version more than it has now, and a third village."""


async def announced(database: Database) -> list[tuple[str, str, int, int]]:
    async with database.session() as session:
        rows = await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [(one.type, one.key, one.sequence, one.revision) for one in rows]


async def restore(database: Database, bus: MemoryBus, clock: FrozenClock) -> dict[str, ToldNoun]:
    return dict((await tell_restored(SPEC, database, bus, clock, topic_name)).nouns)


async def test_what_was_told_ahead_of_the_database_is_found_and_taken_back(
    registry: Database, bus: MemoryBus, clock: FrozenClock
) -> None:
    await tell(bus, *TOLD_BEFORE)
    found = await restore(registry, bus, clock)
    assert set(found) == set(SPEC.restate)
    lost, rewound = found[AREA].lost, found[AREA].rewound
    assert [(one.aggregate, one.version, one.owned) for one in lost] == [(LOST, 2, None)]
    assert [(one.aggregate, one.version, one.owned) for one in rewound] == [(VILLAGE, 3, 2)]
    assert all(not one.ahead for noun, one in found.items() if noun != AREA)
    assert await announced(registry) == [
        ("registry.area.rolled_back", VILLAGE, 2, 1),
        ("registry.area.forgotten", LOST, 2, 1),
    ]


async def test_what_agrees_is_announced_by_nobody(registry: Database, bus: MemoryBus, clock: FrozenClock) -> None:
    await tell(bus, an_area(VILLAGE, 2), an_area(SECOND, 3))
    assert not (await restore(registry, bus, clock))[AREA].ahead
    assert await announced(registry) == []


async def test_readers_hold_afterwards_what_the_owner_holds(
    registry: Database, bus: MemoryBus, clock: FrozenClock, kit_database: Database
) -> None:
    await tell(bus, *TOLD_BEFORE)
    projector = Projector(kit_database, [Route(AREA)], owner="grid", clock=clock, crypto=CRYPTO, reader="grid")
    reader = StateProcessor(projector)
    await reader.process(TOLD_BEFORE)
    assert [row[:2] for row in await held(kit_database)] == [(VILLAGE, 3), (SECOND, 4), (LOST, 2)]
    await restore(registry, bus, clock)
    async with running(a_relay(registry, bus)):
        await until_published(registry)
    log = [record for lane, part in sorted(bus.log.items()) for record in part if record.topic == topic_name(AREA)]
    await reader.process(log)
    assert [row[:2] for row in await held(kit_database)] == [(VILLAGE, 2), (SECOND, 4)]
    async with kit_database.session() as session:
        name = await session.scalar(select(ProjectedState.state).where(ProjectedState.aggregate == VILLAGE))
    assert name is not None
    assert AreaState.model_validate(name).name == "谢村"


async def test_a_second_time_finds_nothing_once_it_was_told(
    registry: Database, bus: MemoryBus, clock: FrozenClock
) -> None:
    await tell(bus, *TOLD_BEFORE)
    await restore(registry, bus, clock)
    again = await restore(registry, bus, clock)
    assert len(again[AREA].ahead) == 2, "the relay has not sent it yet: it is told again"
    assert {revision for *_, revision in await announced(registry)} == {1, 2}
    async with running(a_relay(registry, bus)):
        await until_published(registry)
    assert not (await restore(registry, bus, clock))[AREA].ahead
    assert len(await announced(registry)) == 4


async def test_what_is_lost_twice_counts_from_the_last_time(
    registry: Database, bus: MemoryBus, clock: FrozenClock
) -> None:
    """After a restore the village was changed anew, and then the database was lost again, further back."""
    back = a_record(an_area(VILLAGE, 2), type_=f"{AREA}.{ROLLED_BACK}", revision=7)
    await tell(bus, *TOLD_BEFORE, back, a_record(an_area(LOST, 2), type_=f"{AREA}.{FORGOTTEN}", revision=7))
    assert not (await restore(registry, bus, clock))[AREA].ahead
    await tell(bus, an_area(VILLAGE, 3), an_area(LOST))
    found = (await restore(registry, bus, clock))[AREA]
    assert {one.aggregate: (one.version, one.owned) for one in found.ahead.values()} == {
        VILLAGE: (3, 2),
        LOST: (1, None),
    }


async def test_later_runs_are_numbered_above_all_that_was_told(
    registry: Database, bus: MemoryBus, clock: FrozenClock
) -> None:
    await tell(bus, a_record(an_area(VILLAGE, 2), type_="registry.area.restated", revision=812))
    restored = await tell_restored(SPEC, registry, bus, clock, topic_name)
    assert restored.revision == 813
    async with registry.session() as session:
        job = await ask_republish(session, SPEC, [AREA], requested_by="test")
        await session.commit()
    assert job.number > 813, "a reader would ignore a run that has the number of a lost one"


async def test_strangers_rubbish_on_a_topic_is_passed_over(
    registry: Database, bus: MemoryBus, clock: FrozenClock
) -> None:
    await tell(bus, a_record(an_area(VILLAGE, 9), value=b"rubbish"), a_record(an_area(LOST)))
    found = await told_of(bus, registry, AREA, topic_name(AREA), SPEC.aggregates[AREA])
    assert [(one.aggregate, one.version) for one in found.ahead.values()] == [(LOST, 1)]
    assert found.records == 1


async def test_who_still_runs_is_seen(registry: Database) -> None:
    async with registry.session() as session:
        assert not await still_running(session, "registry")
    worker = Database(registry.engine.url.render_as_string(hide_password=False), pool=1, application="registry-worker")
    try:
        raw = await worker.connect_raw(purpose="relay")
        async with registry.session() as session:
            assert await still_running(session, "registry")
            assert not await still_running(session, "grid")
        await raw.close()
    finally:
        await worker.close()


def test_counts_come_first_then_every_id_and_nothing_of_restricted_nouns() -> None:
    restricted = next(noun for noun, topic in STATE_TOPICS.items() if not topic.published)
    hidden = ToldNoun({"secret": Told("secret", 3, None, "{}")}, records=1, revision=4)
    shown = ToldNoun({"b": Told("b", 3, 2, "{}"), "a": Told("a", 1, None, "{}")}, records=5, revision=0)

    found = Restored(9, {AREA: shown, "registry.person": ToldNoun(records=2), restricted: hidden})
    assert TOPICS[AREA].published
    assert list(told("registry", found)) == [
        "registry.area lost=1 rewound=1",
        "lost registry.area a version=1",
        "rewound registry.area b version=2 told=3",
        "registry: 8 records read, announced as revision 9",
    ]
