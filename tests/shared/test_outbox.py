"""Something happened if and only if its row was committed; nobody announces what is not his."""

import asyncio
from typing import Any

import asyncpg
import orjson
import pytest
from sqlalchemy import func, select

from shared.auth.roles import PERMISSIONS
from shared.contracts.catalogue import TOPICS
from shared.contracts.envelope import Fact
from shared.contracts.registry.areas import AreaOpened, AreaRenamed
from shared.contracts.registry.persons import PersonRegistered
from shared.contracts.services_hall.cases import CaseSubmitted
from shared.db.engine import Database
from shared.db.session import rows_of
from shared.ids import event_id, new_id
from shared.messaging.outbox.position import Position
from shared.messaging.outbox.tables import SHARDS, OutboxMessage
from shared.messaging.outbox.writer import Outbox, OutboxMisuse, outbox_row, shard_of
from shared.testing.clock import FrozenClock
from tests.shared.facts import a_person, an_area


async def test_a_fact_is_there_after_the_commit_and_only_then(kit_database: Database, clock: FrozenClock) -> None:
    person = a_person()
    async with kit_database.session() as session, kit_database.session() as other:
        Outbox(session, owner="registry", clock=clock, traceparent="00-aa-bb-01").add(PersonRegistered(state=person))
        await session.flush()
        assert await other.scalar(select(func.count()).select_from(OutboxMessage)) == 0
        await session.commit()
        (row,) = (await other.scalars(select(OutboxMessage))).all()
    assert (row.noun, row.key, row.type) == ("registry.person", str(person.id), "registry.person.registered")
    assert (row.sequence, row.revision, row.schema_version) == (1, 0, 1)
    assert row.event_id == event_id(str(person.id), 1, 0, "registry.person.registered")
    assert row.occurred_at == clock.now()
    assert row.traceparent == "00-aa-bb-01"
    assert row.shard == shard_of(str(person.id))
    assert row.published_at is None
    assert PersonRegistered.model_validate_json(row.payload).state == person


async def test_what_is_rolled_back_was_never_said(kit_database: Database, clock: FrozenClock) -> None:
    async with kit_database.session() as session:
        Outbox(session, owner="registry", clock=clock).add(PersonRegistered(state=a_person()))
        await session.flush()
        await session.rollback()
        assert await session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


async def test_adding_does_not_touch_the_database(kit_database: Database, clock: FrozenClock) -> None:
    async with kit_database.session() as session:
        Outbox(session, owner="registry", clock=clock).add(PersonRegistered(state=a_person()))
        assert len(rows_of(session)) == 1
        assert kit_database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_the_fact_of_another_owner_is_refused(kit_database: Database, clock: FrozenClock) -> None:
    assert CaseSubmitted.owner() == "services_hall"
    async with kit_database.session() as session:
        outbox = Outbox(session, owner="grid", clock=clock)
        with pytest.raises(OutboxMisuse, match="grid may not announce"):
            outbox.add(PersonRegistered(state=a_person()))
        assert not rows_of(session)


async def test_one_version_has_one_fact(kit_database: Database, clock: FrozenClock) -> None:
    area = an_area(version=3)
    async with kit_database.session() as session:
        outbox = Outbox(session, owner="registry", clock=clock)
        outbox.add(AreaOpened(state=area))
        with pytest.raises(OutboxMisuse, match="version 3 has its fact already"):
            outbox.add(AreaRenamed(state=area))
        outbox.add(AreaRenamed(state=an_area(version=4)))
        assert len(rows_of(session)) == 2


async def test_a_state_of_more_than_64_kib_is_refused(clock: FrozenClock) -> None:
    fits = AreaOpened(state=an_area(name="x" * (64 * 1024 - 300)))
    assert len(outbox_row(fits, owner="registry", clock=clock)["payload"]) <= 64 * 1024
    with pytest.raises(OutboxMisuse, match="more than 65536"):
        outbox_row(AreaOpened(state=an_area(name="乡" * 22_000)), owner="registry", clock=clock)


async def test_versions_begin_at_one(clock: FrozenClock) -> None:
    with pytest.raises(OutboxMisuse, match="versions begin at 1"):
        outbox_row(AreaOpened(state=an_area(version=0)), owner="registry", clock=clock)


async def test_the_position_names_what_was_added(kit_database: Database, clock: FrozenClock) -> None:
    async with kit_database.session() as session:
        outbox = Outbox(session, owner="registry", clock=clock)
        assert not outbox.position(())
        outbox.add(AreaOpened(state=an_area(version=1)))
        outbox.add(AreaRenamed(state=an_area(version=2)))
        assert outbox.position(()) == Position.of([("registry.area", "450481", 2)])


async def test_what_a_savepoint_took_back_was_not_said(kit_database: Database, clock: FrozenClock) -> None:
    """It may be said again in the transaction, also by another who writes to the same outbox; what was said before the
    savepoint and within a kept one stays.
    """
    async with kit_database.session() as session:
        outbox = Outbox(session, owner="registry", clock=clock)
        outbox.add(AreaOpened(state=an_area(version=1)))
        async with session.begin_nested():
            outbox.add(AreaRenamed(state=an_area(version=2)))
        for _ in range(2):
            async with session.begin_nested() as undone:
                async with session.begin_nested():
                    outbox.add(AreaRenamed(state=an_area(version=3)))
                outbox.add(PersonRegistered(state=a_person()))
                await undone.rollback()
            assert outbox.position(()) == Position.of([("registry.area", "450481", 2)])
        with pytest.raises(OutboxMisuse, match="version 2 has its fact already"):
            Outbox(session, owner="registry", clock=clock).add(AreaRenamed(state=an_area(version=2)))
        outbox.add(AreaRenamed(state=an_area(version=3)))
        await session.commit()
        told = (await session.scalars(select(OutboxMessage.sequence).order_by(OutboxMessage.id))).all()
    assert list(told) == [1, 2, 3]


async def test_what_follows_aside_stands_in_no_position(kit_database: Database, clock: FrozenClock) -> None:
    async with kit_database.session() as session:
        outbox = Outbox(session, owner="registry", clock=clock)
        outbox.add(AreaOpened(state=an_area(version=1)))
        outbox.add(AreaRenamed(state=an_area(version=2)), aside=True)
        assert outbox.position(()) == Position.of([("registry.area", "450481", 1)])


def test_what_tells_of_a_restricted_tag_names_the_permission_by_which_one_may_know_of_it() -> None:
    named = {noun: topic.known_by for noun, topic in TOPICS.items() if topic.known_by is not None}
    assert named == {"registry.restricted_tag": "tag.restricted", "grid.restricted_visit": "visit.restricted"}
    assert PERMISSIONS.keys() >= set(named.values())


async def test_a_commit_wakes_the_listener_and_a_rollback_does_not(kit_database: Database, clock: FrozenClock) -> None:
    woken = asyncio.Event()
    connection: asyncpg.Connection = await kit_database.connect_raw()
    try:
        await connection.add_listener("outbox", lambda *_: woken.set())
        async with kit_database.session() as session:
            Outbox(session, owner="registry", clock=clock).add(AreaOpened(state=an_area()))
            await session.flush()
            await session.rollback()
            await asyncio.sleep(0.1)
            assert not woken.is_set()
            Outbox(session, owner="registry", clock=clock).add(AreaOpened(state=an_area()))
            await session.commit()
        async with asyncio.timeout(5):
            await woken.wait()
    finally:
        await connection.close()


async def test_many_rows_keep_their_order(kit_database: Database, clock: FrozenClock) -> None:
    async with kit_database.session() as session:
        outbox = Outbox(session, owner="registry", clock=clock)
        people = [a_person() for _ in range(500)]
        for person in people:
            outbox.add(PersonRegistered(state=person))
        await session.commit()
        keys = (await session.scalars(select(OutboxMessage.key).order_by(OutboxMessage.id))).all()
    assert list(keys) == [str(person.id) for person in people]


def test_all_events_of_an_aggregate_lie_in_one_shard_and_shards_are_used_evenly() -> None:
    keys = [str(new_id()) for _ in range(8000)]
    counts = [0] * SHARDS
    for key in keys:
        assert shard_of(key) == shard_of(key)
        counts[shard_of(key)] += 1
    assert min(counts) > 350
    assert shard_of("450481") == 2, "the number is stored: it must never change"


def test_the_same_change_always_has_the_same_event_id(clock: FrozenClock) -> None:
    state = a_person()
    first, second = (outbox_row(PersonRegistered(state=state), owner="registry", clock=clock) for _ in range(2))
    restated = outbox_row(PersonRegistered(state=state), owner="registry", clock=clock, revision=7)
    assert first["event_id"] == second["event_id"] != restated["event_id"]


def test_the_payload_is_the_fact_as_json(clock: FrozenClock) -> None:
    payload = outbox_row(AreaOpened(state=an_area()), owner="registry", clock=clock)["payload"]
    assert orjson.loads(payload)["state"]["name"] == "岑溪市"
    assert AreaOpened.model_validate_json(payload) == AreaOpened(state=an_area())


async def test_facts_that_are_added_together_are_those_that_are_added_one_by_one(
    kit_database: Database, clock: FrozenClock
) -> None:
    facts: list[Fact[Any]] = [
        AreaOpened(state=an_area(version=1)),
        PersonRegistered(state=a_person()),
        AreaRenamed(state=an_area(version=2)),
    ]
    async with kit_database.session() as session:
        outbox = Outbox(session, owner="registry", clock=clock, traceparent="00-aa-bb-01")
        outbox.add_all(facts)
        assert outbox.position(()) == Position.of((f.state.noun, f.state.subject, f.state.version) for f in facts)
        with pytest.raises(OutboxMisuse, match="version 2 has its fact already"):
            outbox.add_all([AreaRenamed(state=an_area(version=3)), AreaRenamed(state=an_area(version=2))])
        assert len(rows_of(session)) == 3, "nothing of what is refused is said"
        await session.commit()
        rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
    alone = [outbox_row(fact, owner="registry", clock=clock, traceparent="00-aa-bb-01") for fact in facts]
    assert [{name: getattr(row, name) for name in alone[0]} for row in rows] == alone
