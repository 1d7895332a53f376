"""Every record has a fate: taken, waiting, or a dead letter. None stops the reader, whatever stands in it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text
from structlog.testing import capture_logs

from services.indicators.features import ROUTES
from shared.contracts.envelope import EARLIEST, LATEST, MAX_COUNT
from shared.contracts.registry.tags import TagState
from shared.db.engine import Database
from shared.messaging.dead_letters.store import DeadLetterStatus, StoredRecord, fingerprint
from shared.messaging.projection.decode import ReadableRecord, decode
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import DecodedRecord, Projector
from shared.messaging.projection.routes import Change, ConsumerContext, NotYetKnown, Route
from shared.messaging.projection.states import projected
from shared.messaging.reading.processor import PartitionView
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.shared.arrivals import VILLAGE, a_grid, a_record, a_tag, an_area, an_id
from tests.shared.consuming import CRYPTO, query
from tests.shared.hostile_records import HOSTILE, Chance, with_header

SMALL, LARGE = 600, 100_000
AT_ONCE = 200
NOUNS = tuple(route.noun for route in ROUTES)


def view_of(records: Sequence[Any]) -> PartitionView:
    return PartitionView("cluster", {(one.topic, one.partition): one.offset + 1 for one in records})


def processor_on(database: Database, *routes: Route, owner: str = "grid") -> StateProcessor:
    projector = Projector(database, routes, owner=owner, clock=FrozenClock(), crypto=CRYPTO, reader=owner)
    return StateProcessor(projector, cap=10**9)


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_it_has_a_fate_and_what_stands_beside_it_is_taken(kit_database: Database, name: str) -> None:
    processor = processor_on(kit_database, Route("registry.tag"), Route("registry.area"))
    batch = [a_record(a_tag("before")), HOSTILE[name](), a_record(a_tag("after"))]
    await processor.process(batch, view_of(batch))
    taken = await query(kit_database, "SELECT count(*) FROM projected_states")
    assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 3 - int(str(taken))
    async with kit_database.session() as session:
        for known in ("before", "after"):
            assert await projected(session, TagState, an_id(known)) is not None
    again = [a_record(a_tag("before", 2))]
    await processor.process(again, view_of(again))
    assert await query(kit_database, "SELECT max(sequence) FROM projected_states WHERE sequence < 5") == 2


async def waits(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
    raise NotYetKnown("registry.area", VILLAGE)


async def test_a_record_that_waits_may_have_headers_of_any_name(kit_database: Database) -> None:
    processor = processor_on(kit_database, Route("registry.area"), Route("registry.tag", waits))
    await processor.process([with_header(a_record(a_tag()), "x\0y", b"1")])
    assert await query(kit_database, "SELECT header_names[cardinality(header_names)] FROM pending") == "x\ufffdy"


class Breaking(StateProcessor):
    """Breaks whenever it puts a record aside that still has its headers."""

    async def refuse(self, item: DecodedRecord, code: str, view: PartitionView | None = None, *, park: bool) -> None:
        if item.record.headers:
            raise KeyError("13800138000")
        await super().refuse(item, code, view, park=park)


class Picky:
    """A hook that fails at each third village of a batch."""

    async def __call__(self, context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        for change in changes:
            if change.new.version == 3:
                raise KeyError("a defect of ours")


async def test_each_failure_of_a_batch_is_logged_alone(kit_database: Database) -> None:
    """Told with the failures of every larger part of its batch, a line had some hundred kilobytes."""
    processor = processor_on(kit_database, Route("registry.area"), Route("registry.tag", Picky()))
    batch = [a_record(a_tag(f"tag {number}", version=1 + number % 3)) for number in range(24)]
    with capture_logs() as lines:
        await processor.process(batch, view_of(batch))
    failures = [line["exc_info"] for line in lines if line["event"] == "record_refused"]
    assert len(failures) == 8
    assert all(failure.__context__ is None for failure in failures)


async def refuses(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
    raise KeyError("a defect of ours")


async def test_a_record_that_breaks_the_handler_of_broken_records_is_kept_by_its_place(kit_database: Database) -> None:
    routes = (Route("registry.tag", refuses), Route("registry.area"))
    projector = Projector(kit_database, routes, owner="grid", clock=FrozenClock(), crypto=CRYPTO, reader="grid")
    record = a_record(a_tag(), partition=2, offset=41)
    await Breaking(projector).process([record], view_of([record]))
    async with kit_database.session() as session:
        letter = (await session.execute(text("SELECT * FROM dead_letters"))).one()
        reached = (await session.execute(text("SELECT topic, partition, position FROM consumer_progress"))).one()
    place = (letter.topic, letter.partition, letter.record_offset, letter.code, letter.status)
    assert place == ("registry.tags", 2, 41, "defect_KeyError", DeadLetterStatus.DEAD)
    assert (letter.record_key, letter.record_value, letter.aggregate) == (record.key, record.value, None)
    assert tuple(reached) == ("registry.tags", 2, 42)


class Waiting:
    """A hook whose record waits for a village, and is refused once that is there."""

    known = False

    async def __call__(self, context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
        if self.known:
            raise KeyError("a defect of ours")
        raise NotYetKnown("registry.area", VILLAGE)


@pytest.mark.parametrize("ends", ["its village arrives", "its time is over"])
async def test_what_waits_and_breaks_the_handler_of_broken_records_waits_no_more(
    kit_database: Database, ends: str
) -> None:
    clock, hook = FrozenClock(), Waiting()
    routes = (Route("registry.tag", hook), Route("registry.area"))
    projector = Projector(kit_database, routes, owner="grid", clock=clock, crypto=CRYPTO, reader="grid")
    processor = Breaking(projector)
    await processor.process([a_record(a_tag())])
    assert await query(kit_database, "SELECT count(*) FROM pending") == 1
    async with asyncio.timeout(30):
        if ends == "its time is over":
            clock.advance(days=2)
            await processor.housekeep()
        else:
            hook.known = True
            await processor.process([a_record(an_area())])
    assert await query(kit_database, "SELECT count(*) FROM pending") == 0
    assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 1
    assert await query(kit_database, "SELECT count(*) FROM parked_keys") == 0


class County:
    """Indicators' own routes and figures, which take whatever comes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.processor = processor_on(database, *ROUTES, owner="indicators")

    async def take(self, seed: int, number: int) -> None:
        """So many records by chance; each has its fate, and a good one that follows is taken."""
        records = Chance(seed, NOUNS).records(number)
        good = a_record(a_grid(version=1), revision=seed)
        await self.processor.process([*records, good], view_of([*records, good]))
        marks = [fingerprint(record) for record in records]
        items = [decode(record, self.processor.nouns[record.topic]) for record in records]
        async with self.database.session() as session:
            dead = set(await session.scalars(_DEAD, {"marks": marks}))
            read = [one for one in items if isinstance(one, ReadableRecord)]
            known = {tuple(row) for row in await session.execute(_KNOWN, {"ids": [one.aggregate for one in read]})}
            known |= {(one.noun, one.aggregate) for one in read if one.forgotten}
            assert await session.scalar(_REVISION, {"grid": VILLAGE + "001"}) == seed
        for record, item, mark in zip(records, items, marks, strict=True):
            taken = isinstance(item, ReadableRecord) and (item.noun, item.aggregate) in known
            assert taken or mark in dead, (seed, record)


_DEAD = text("SELECT fingerprint FROM dead_letters WHERE fingerprint = ANY(:marks)")
_KNOWN = text(
    "SELECT noun, aggregate FROM projected_states WHERE aggregate = ANY(:ids)"
    " UNION SELECT noun, aggregate FROM pending WHERE aggregate = ANY(:ids)"
)
_REVISION = text("SELECT max(revision) FROM projected_states WHERE aggregate = :grid")


@pytest.fixture
async def county(committed_of: DatabaseOf) -> County:
    return County((await committed_of("indicators")).database)


@pytest.mark.parametrize("seed", range(1, 1 + SMALL // AT_ONCE))
async def test_records_by_chance_have_a_fate_each(county: County, seed: int) -> None:
    await county.take(seed, AT_ONCE)


@pytest.mark.large
async def test_a_hundred_thousand_records_by_chance_have_a_fate_each(county: County) -> None:
    for seed in range(1_000, 1_000 + LARGE // AT_ONCE):
        await county.take(seed, AT_ONCE)


@given(
    given_headers=st.lists(
        st.tuples(
            st.sampled_from([*(name for name, _ in a_record(a_tag()).headers), "traceparent", "x"]),
            st.none() | st.binary(max_size=40) | st.sampled_from([value for _, value in a_record(a_tag()).headers]),
        ),
        max_size=16,
    ),
    key=st.none() | st.binary(max_size=40) | st.just(a_record(a_tag()).key),
    value=st.none() | st.binary(max_size=80) | st.just(a_record(a_tag()).value),
)
@example([("ce_partitionkey", None)], a_record(a_tag()).key, a_record(a_tag()).value)
@example([("ce_partitionkey", b"\xff")], a_record(a_tag()).key, a_record(a_tag()).value)
@example([("ce_time", b"2026-W10-1T08:00:00Z")], a_record(a_tag()).key, a_record(a_tag()).value)
def test_reading_never_raises_and_what_is_read_lies_within_the_bounds(
    given_headers: list[Any], key: bytes | None, value: bytes | None
) -> None:
    valid = dict(a_record(a_tag()).headers)
    mixed = tuple({**valid, **dict(given_headers)}.items())
    for headers in (tuple(given_headers), mixed):
        item = decode(StoredRecord("registry.tags", 0, 0, key, value, headers), "registry.tag")
        if isinstance(item, ReadableRecord):
            assert 1 <= item.order[0] <= MAX_COUNT
            assert 0 <= item.order[1] <= MAX_COUNT
            assert EARLIEST <= item.time <= LATEST
            assert (item.envelope.order, item.envelope.time) == (item.order, item.time)
            assert item.envelope.subject == item.aggregate
