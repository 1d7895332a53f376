"""States of other services are stored once each, the newest wins, and what follows from them is posted exactly once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.tags import TagState
from shared.db.engine import Database
from shared.feature import Feature, routes_of
from shared.messaging.outbox.position import Reached
from shared.messaging.projection.changes import TURN
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Change, ConsumerContext, NotYetKnown, Route
from shared.messaging.projection.states import behind, projected, projected_all, projected_many
from shared.messaging.reading.processor import PartitionView
from shared.messaging.reading.progress import fresh_through
from shared.observability import metrics, tracing
from shared.testing.clock import FrozenClock
from tests.shared.arrivals import AT, VILLAGE, a_grid, a_record, a_tag, an_area, an_id, records
from tests.shared.consuming import CRYPTO
from tests.shared.facts import structured

TakerOf = Callable[..., StateProcessor]


class Seen:
    """A hook that remembers what it was told, and adds up `f(new) - f(old)` in the batch's transaction."""

    def __init__(self) -> None:
        self.changes: list[Change[Any]] = []
        self.batches: list[int] = []

    async def __call__(self, context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        self.batches.append(len(changes))
        self.changes.extend(changes)


@pytest.fixture
def processor_of(kit_database: Database, clock: FrozenClock) -> TakerOf:
    def make(*routes: Route, **options: Any) -> StateProcessor:
        projector = Projector(kit_database, routes, owner="grid", clock=clock, crypto=CRYPTO, reader="grid")
        return StateProcessor(projector, **options)

    return make


async def test_the_newest_state_is_kept_and_read(processor_of: TakerOf, kit_database: Database) -> None:
    processor = processor_of(Route("registry.tag"), Route("registry.area"))
    await processor.process(records(a_tag(), a_tag(version=2, level="high"), an_area()))
    async with kit_database.session() as session:
        tag = await projected(session, TagState, an_id("tag"))
        assert tag is not None
        assert (tag.version, tag.level) == (2, "high")
        assert await projected(session, TagState, an_id("nobody")) is None
        assert await projected_many(session, AreaState, [VILLAGE, "11"]) == {VILLAGE: an_area()}
        assert await projected_all(session, TagState, inside="450481") == [tag]
        assert await projected_all(session, TagState, inside="450482") == []
        assert len(await projected_all(session, TagState)) == 1


async def test_a_hook_sees_only_winners_with_what_they_replace(processor_of: TakerOf) -> None:
    seen = Seen()
    processor = processor_of(Route("registry.tag", seen))
    await processor.process(records(a_tag("a"), a_tag("b"), a_tag("a", 2)))
    assert {change.id: (change.old, change.new.version) for change in seen.changes} == {
        str(an_id("a")): (None, 2),
        str(an_id("b")): (None, 1),
    }
    assert seen.batches == [2]
    seen.changes.clear()
    await processor.process(records(a_tag("a", 3), a_tag("a", 2), a_tag("b", 1)))
    [change] = seen.changes
    assert (change.old, change.new) == (a_tag("a", 2), a_tag("a", 3))
    assert change.id == str(an_id("a"))


async def test_what_comes_twice_has_one_effect(processor_of: TakerOf) -> None:
    seen = Seen()
    processor = processor_of(Route("registry.tag", seen))
    batch = records(a_tag("a"), a_tag("b"))
    for _ in range(3):
        await processor.process(batch)
    assert len(seen.changes) == 2


async def test_a_restated_version_replaces_and_an_older_revision_does_not(
    processor_of: TakerOf, kit_database: Database
) -> None:
    seen = Seen()
    processor = processor_of(Route("registry.tag", seen))
    await processor.process([a_record(a_tag(version=3, level="high"), revision=7)])
    await processor.process([a_record(a_tag(version=3, level="low"))])
    await processor.process([a_record(a_tag(version=2, level="low"), revision=9)])
    await processor.process([a_record(a_tag(version=3, level="none"), revision=8)])
    assert [change.new.level for change in seen.changes] == ["high", "none"]
    assert seen.changes[1].old is not None
    assert seen.changes[1].old.level == "high"


async def test_a_new_fact_of_a_known_noun_is_read_and_unknown_fields_are_kept_for_later(
    processor_of: TakerOf, kit_database: Database
) -> None:
    state = a_tag().model_dump_json()
    value = ('{"brand_new": 1, "state": ' + state[:-1] + ', "added_later": "x"}}').encode()
    await processor_of(Route("registry.tag")).process([a_record(a_tag(), type_="registry.tag.blessed", value=value)])
    async with kit_database.session() as session:
        assert await projected(session, TagState, an_id("tag")) == a_tag()
        assert await session.scalar(text("SELECT state ->> 'added_later' FROM projected_states")) == "x"


async def test_a_hook_that_fails_leaves_nothing_behind(processor_of: TakerOf, kit_database: Database) -> None:
    async def away(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        await context.raw.execute("INSERT INTO effects VALUES ('test', gen_random_uuid(), now())")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await processor_of(Route("registry.tag", away)).process(records(a_tag()))
    async with kit_database.session() as session:
        assert len(await projected_all(session, TagState)) == 0
        assert await session.scalar(text("SELECT count(*) FROM effects")) == 0
        assert await session.scalar(text("SELECT count(*) FROM dead_letters")) == 0


def levels(old: TagState | None, new: TagState) -> tuple[str | None, str | None]:
    return None if old is None else old.level, new.level


async def test_what_is_reckoned_of_a_change_comes_with_it_and_all_hooks_of_the_noun_see_it(
    processor_of: TakerOf,
) -> None:
    """More changes than are made in one turn: none is left out, each has its own."""
    seen, other = Seen(), Seen()
    routes = (Route("registry.tag", seen, reckon=levels), Route("registry.tag", other))
    processor = processor_of(*routes_of([Feature(routes=(one,)) for one in routes]))
    count = 2 * TURN + 1
    await processor.process(records(*(a_tag(f"n{number}", level="high") for number in range(count))))
    assert [change.reckoned for change in seen.changes] == [(None, "high")] * count
    await processor.process(records(a_tag("n7", 2, level="low")))
    assert (seen.changes[-1].reckoned, other.changes[-1].reckoned) == (("high", "low"), ("high", "low"))


def test_a_noun_is_reckoned_with_by_one_feature() -> None:
    twice = [Feature(routes=(Route("registry.tag", Seen(), reckon=levels),)) for _ in range(2)]
    with pytest.raises(AssertionError, match=r"registry\.tag"):
        routes_of(twice)


@pytest.mark.parametrize("number", [1, 2 * TURN])
async def test_reckoning_that_fails_leaves_nothing_behind_and_the_connection_is_used_again(
    processor_of: TakerOf, kit_database: Database, number: int
) -> None:
    def away(old: TagState | None, new: TagState) -> None:
        raise ConnectionError

    seen = Seen()
    batch = records(*(a_tag(f"n{one}") for one in range(number)))
    with pytest.raises(ConnectionError):
        await processor_of(Route("registry.tag", seen, reckon=away)).process(batch)
    async with kit_database.session() as session:
        assert len(await projected_all(session, TagState)) == 0
    assert seen.changes == []
    await processor_of(Route("registry.tag", seen, reckon=levels)).process(batch)
    assert len(seen.changes) == number


async def test_two_workers_that_believe_in_the_same_partition_apply_once(
    processor_of: TakerOf, kit_database: Database
) -> None:
    async def slowly(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        await asyncio.sleep(0.05)
        for _ in changes:
            await context.raw.execute("INSERT INTO effects VALUES ('test', gen_random_uuid(), now())")

    batch = records(*(a_tag(str(number)) for number in range(20)))
    route = Route("registry.tag", slowly)
    await asyncio.gather(processor_of(route).process(batch), processor_of(route).process(batch))
    async with kit_database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM effects")) == 20


async def test_raw_connection_and_session_share_the_transaction(processor_of: TakerOf) -> None:
    rows: list[int] = []

    async def both(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        await context.session.execute(text("INSERT INTO effects VALUES ('test', gen_random_uuid(), now())"))
        rows.append(await context.raw.fetchval("SELECT count(*) FROM effects"))
        await context.raw.copy_records_to_table(
            "effects", records=[("copied", an_id("x"), AT)], columns=["effect", "event_id", "happened_at"]
        )
        rows.append(await context.session.scalar(text("SELECT count(*) FROM effects")) or 0)
        assert await projected(context.session, TagState, an_id("tag")) == a_tag()

    await processor_of(Route("registry.tag", both)).process(records(a_tag()))
    assert rows == [1, 2]


async def test_an_early_record_waits_and_is_taken_when_its_aggregate_arrives(
    processor_of: TakerOf, kit_database: Database
) -> None:
    seen = Seen()

    async def needs_its_village(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        villages = await projected_many(context.session, AreaState, [change.new.village for change in changes])
        for change in changes:
            if change.new.village not in villages:
                raise NotYetKnown("registry.area", change.new.village)
        await seen(context, changes)

    processor = processor_of(Route("registry.area"), Route("grid.grid", needs_its_village), Route("registry.tag"))
    other = "450481100202"
    await processor.process(records(a_tag(), a_grid(), an_area(other), a_grid(other + "001"), a_grid(version=2)))
    assert [change.id for change in seen.changes] == [other + "001"]
    async with kit_database.session() as session:
        assert await session.scalar(text("SELECT array_agg(sequence) FROM pending")) == [2]
        wanted = Reached("grid.grid", VILLAGE + "001", 1)
        assert await behind(session, [wanted]) == {wanted}
    await processor.process(records(an_area()))
    assert [(change.id, change.new.version) for change in seen.changes][1:] == [(VILLAGE + "001", 2)]
    async with kit_database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM pending")) == 0
        assert await session.scalar(text("SELECT count(*) FROM dead_letters")) == 0


async def test_what_waits_too_long_becomes_a_dead_letter(
    processor_of: TakerOf, kit_database: Database, clock: FrozenClock
) -> None:
    async def never(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        raise NotYetKnown("registry.area", "450481")

    processor = processor_of(Route("grid.grid", never), Route("registry.area"))
    await processor.process(records(a_grid()))
    assert await processor.give_up_waiting() == 0
    clock.advance(hours=25)
    assert await processor.give_up_waiting() == 1
    async with kit_database.session() as session:
        assert await session.scalar(text("SELECT array_agg(code || ' ' || status) FROM dead_letters")) == [
            "not_yet_known dead"
        ]
        assert await session.scalar(text("SELECT count(*) FROM pending")) == 0


async def test_progress_is_written_with_the_batch_and_read_as_freshness(
    processor_of: TakerOf, kit_database: Database
) -> None:
    processor = processor_of(Route("registry.tag"), Route("registry.area"))
    later = datetime(2026, 3, 1, 9, tzinfo=UTC)
    batch = [a_record(a_tag("a"), offset=4, time=later), a_record(a_tag("b"), partition=1, offset=9)]
    await processor.process(batch, PartitionView("cluster", {("registry.tags", 0): 7, ("registry.tags", 1): 10}))
    async with kit_database.session() as session:
        tags, areas = await fresh_through(session, "grid", ["registry.tag", "registry.area"])
    assert (tags.newest, tags.lag) == (later, 2)
    assert (areas.newest, areas.lag) == (None, 0)


async def test_a_gap_is_counted_unless_the_record_is_restated_or_the_topic_is_read_again(
    processor_of: TakerOf,
) -> None:
    def gaps() -> float:
        return float(metrics.SEQUENCE_GAPS.labels("registry.tag")._value.get())

    before = gaps()
    processor = processor_of(Route("registry.tag"))
    await processor.process(records(a_tag("a", 1), a_tag("a", 2)))
    assert gaps() == before
    await processor.process(records(a_tag("a", 4)))
    assert gaps() == before + 1
    await processor.process([a_record(a_tag("a", 6), revision=1)])
    await processor.process(records(a_tag("b", 5)), PartitionView(catching_up={("registry.tags", 0)}))
    assert gaps() == before + 1


async def test_a_batch_that_takes_too_long_is_taken_in_halves(processor_of: TakerOf, kit_database: Database) -> None:
    sizes: list[int] = []

    async def slow_in_bulk(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        sizes.append(len(changes))
        if len(changes) > 5:
            await context.raw.execute("SET LOCAL statement_timeout = 20")
            await context.raw.execute("SELECT pg_sleep(1)")

    await processor_of(Route("registry.tag", slow_in_bulk)).process(
        records(*(a_tag(str(number)) for number in range(16)))
    )
    assert sizes == [16, 8, 4, 4, 8, 4, 4]
    async with kit_database.session() as session:
        assert len(await projected_all(session, TagState)) == 16


async def test_events_come_in_structured_mode_as_well(processor_of: TakerOf, kit_database: Database) -> None:
    binary = a_record(a_tag(level="high"))
    attributes = {name.removeprefix("ce_"): value.decode() for name, value in binary.headers if name.startswith("ce_")}
    value = structured(attributes, binary.value or b"")
    headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    seen = Seen()
    await processor_of(Route("registry.tag", seen)).process([replace(binary, headers=headers, value=value)])
    [change] = seen.changes
    assert change.new == a_tag(level="high")
    assert (change.envelope.source, change.envelope.type) == ("urn:xiangli:registry", "registry.tag.started")
    async with kit_database.session() as session:
        assert await projected(session, TagState, an_id("tag")) == a_tag(level="high")


async def test_a_hook_may_ask_for_the_attributes_and_works_in_the_trace_of_its_event(processor_of: TakerOf) -> None:
    traces: list[str | None] = []

    async def asks(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        traces.append(tracing.current_traceparent())
        assert [change.envelope.sequence for change in changes] == [1]

    traceparent = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    await processor_of(Route("registry.tag", asks)).process([a_record(a_tag(), traceparent=traceparent)])
    [trace] = traces
    assert trace is not None
    assert trace.startswith("00-" + "a" * 32)
