"""Records that cannot be taken are put aside with their bytes, their key waits, and an operator settles them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import orjson
import pytest

from shared.contracts.registry.tags import TagState
from shared.db.engine import Database
from shared.errors import DomainError, NotFound
from shared.messaging.dead_letters.announcer import Announcer
from shared.messaging.dead_letters.store import DeadLetterStatus
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.replay import DeadLetterReplayer
from shared.messaging.projection.routes import Change, ConsumerContext, NotYetKnown, Route
from shared.messaging.projection.states import projected
from shared.messaging.reading.processor import TooManyDeadLetters
from shared.testing.bus import MemoryBus
from shared.testing.clock import FrozenClock
from tests.shared.arrivals import a_record, a_tag, an_id, records
from tests.shared.consuming import CRYPTO, query, until_is


class TagRefused(DomainError):
    code = "tag_refused"


class Strict:
    """A hook that refuses the level `bad`, breaks at `broken`, and remembers what it took."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, int]] = []
        self.mended = False

    async def __call__(self, context: ConsumerContext, changes: Sequence[Change[TagState]]) -> None:
        for change in changes:
            if change.new.level == "bad" and not self.mended:
                raise TagRefused(change.id)
            if change.new.level == "broken" and not self.mended:
                raise KeyError("a defect of ours")
        self.taken += [(change.id, change.new.version) for change in changes]


@pytest.fixture
def strict() -> Strict:
    return Strict()


@pytest.fixture
def processor_of(kit_database: Database, clock: FrozenClock, strict: Strict) -> Callable[..., StateProcessor]:
    def make(**options: Any) -> StateProcessor:
        routes = (Route("registry.tag", strict), Route("registry.area"))
        projector = Projector(kit_database, routes, owner="grid", clock=clock, crypto=CRYPTO, reader="grid")
        return StateProcessor(projector, **options)

    return make


LETTERS = "SELECT array_agg(code || ' ' || status ORDER BY number) FROM dead_letters"


async def version_of(database: Database, name: str) -> int | None:
    async with database.session() as session:
        state = await projected(session, TagState, an_id(name))
    return None if state is None else state.version


async def test_unreadable_records_are_put_aside_with_their_bytes_and_stop_nobody(
    processor_of: Callable[..., StateProcessor], kit_database: Database
) -> None:
    headerless = a_record(a_tag("a"))
    object.__setattr__(headerless, "headers", ())
    wrong_state = a_record(a_tag("x", 2), value=a_record(a_tag("y", 2)).value)
    await processor_of().process(
        [
            a_record(a_tag("a"), value=b"\xff\x00 no json"),
            a_record(a_tag("b"), schema_version=2),
            a_record(a_tag("c"), type_="registry.area.opened"),
            a_record(a_tag("d"), key=b"another"),
            a_record(a_tag("e"), value=b'{"state": {"id": "no state"}}'),
            wrong_state,
            headerless,
            a_record(a_tag("f")),
        ]
    )
    assert await query(kit_database, LETTERS) == [
        "bad_state dead",
        "unknown_version dead",
        "wrong_topic dead",
        "wrong_key dead",
        "bad_state dead",
        "wrong_state dead",
        "not_cloudevents dead",
    ]
    assert await query(kit_database, "SELECT record_value FROM dead_letters ORDER BY number LIMIT 1") == (
        b"\xff\x00 no json"
    )
    assert await query(kit_database, "SELECT count(*) FROM parked_keys") == 0
    assert await version_of(kit_database, "f") == 1


@pytest.mark.parametrize(("level", "code"), [("bad", "tag_refused"), ("broken", "defect_KeyError")])
async def test_what_a_rule_refuses_parks_its_key_and_no_other(
    processor_of: Callable[..., StateProcessor], kit_database: Database, strict: Strict, level: str, code: str
) -> None:
    processor = processor_of()
    await processor.process(records(a_tag("x"), a_tag("a", level=level), a_tag("y")))
    await processor.process(records(a_tag("a", 2), a_tag("z"), a_tag("x", 2)))
    await processor.process(records(a_tag("a", 3), a_tag("y", 2)))
    assert await query(kit_database, LETTERS) == [
        f"{code} dead",
        "behind_dead_letter parked",
        "behind_dead_letter parked",
    ]
    assert await version_of(kit_database, "a") is None
    assert [await version_of(kit_database, name) for name in "xyz"] == [2, 2, 1]
    assert all(subject != str(an_id("a")) for subject, _ in strict.taken)


async def test_a_batch_that_comes_again_puts_nothing_aside_twice(
    processor_of: Callable[..., StateProcessor], kit_database: Database
) -> None:
    bad, *others = [a_record(a_tag("a", level="bad")), a_record(a_tag("a", 2)), a_record(a_tag("b"), value=b"{}")]
    for _ in range(3):
        await processor_of().process([bad])
        await processor_of().process(others)
    assert await query(kit_database, LETTERS) == ["tag_refused dead", "behind_dead_letter parked", "bad_state dead"]


async def test_a_replay_takes_the_record_and_what_waited_behind_it_in_order(
    processor_of: Callable[..., StateProcessor], kit_database: Database, strict: Strict
) -> None:
    processor = processor_of()
    for state in (a_tag("a", level="bad"), a_tag("a", 2), a_tag("a", 3, level="low")):
        await processor.process(records(state))
    replayer = DeadLetterReplayer(processor)
    [head, *_] = await replayer.dead_letters()
    strict.mended = True
    assert (await replayer.replay(head.id)).processed == 3
    assert await version_of(kit_database, "a") == 3
    assert await query(kit_database, "SELECT count(*) FROM parked_keys") == 0
    assert await replayer.dead_letters() == []
    assert (await replayer.dead_letter(head.id)).status == DeadLetterStatus.REPLAYED
    await processor.process(records(a_tag("a", 4)))
    assert await version_of(kit_database, "a") == 4


async def test_a_replay_that_is_refused_again_keeps_the_order(
    processor_of: Callable[..., StateProcessor], kit_database: Database
) -> None:
    processor = processor_of()
    for version, level in enumerate(("bad", "low", "bad", "bad"), start=1):
        await processor.process(records(a_tag("a", version, level=level)))
    replayer = DeadLetterReplayer(processor)
    [head, *_] = await replayer.dead_letters()
    outcome = await replayer.replay(head.id)
    assert (outcome.processed, outcome.stopped_at, outcome.code) == (0, head.id, "tag_refused")
    assert (await replayer.dead_letter(head.id)).attempts == 2
    assert len(await replayer.dead_letters()) == 4
    assert await query(kit_database, "SELECT count(*) FROM parked_keys") == 1


async def test_a_dropped_record_stays_dropped_and_frees_its_key(
    processor_of: Callable[..., StateProcessor], kit_database: Database, strict: Strict
) -> None:
    processor = processor_of()
    bad = a_record(a_tag("a", level="bad"))
    await processor.process([bad])
    await processor.process(records(a_tag("a", 2)))
    replayer = DeadLetterReplayer(processor)
    [head, *_] = await replayer.dead_letters()
    assert (await replayer.drop(head.id)).processed == 1
    assert await version_of(kit_database, "a") == 2
    assert await query(kit_database, "SELECT count(*) FROM parked_keys") == 0
    await processor_of().process([bad])  # a new broker tells it again
    assert (await replayer.dead_letter(head.id)).status == DeadLetterStatus.DROPPED
    assert await query(kit_database, "SELECT count(*) FROM parked_keys") == 0


async def test_records_that_are_parked_while_a_replay_runs_are_not_left_behind(
    processor_of: Callable[..., StateProcessor], kit_database: Database, strict: Strict
) -> None:
    processor = processor_of()
    await processor.process(records(a_tag("a", level="bad")))
    replayer = DeadLetterReplayer(processor)
    [head] = await replayer.dead_letters()
    strict.mended = True
    await asyncio.gather(
        replayer.replay(head.id), *(processor_of().process(records(a_tag("a", version))) for version in range(2, 12))
    )
    assert await query(kit_database, "SELECT count(*) FROM parked_keys") == 0
    assert await replayer.dead_letters() == []
    assert await version_of(kit_database, "a") == 11


async def test_a_replayed_record_may_have_to_wait(kit_database: Database, clock: FrozenClock) -> None:
    mended = False

    async def early(context: ConsumerContext, changes: Sequence[Change[TagState]]) -> None:
        if not mended:
            raise TagRefused
        if await context.raw.fetchval("SELECT count(*) FROM projected_states WHERE noun = 'registry.area'") == 0:
            raise NotYetKnown("registry.area", "450481")

    routes = (Route("registry.tag", early), Route("registry.area"))
    processor = StateProcessor(Projector(kit_database, routes, owner="grid", clock=clock, crypto=CRYPTO, reader="grid"))
    await processor.process(records(a_tag("a")))
    replayer = DeadLetterReplayer(processor)
    [head] = await replayer.dead_letters()
    mended = True
    assert (await replayer.replay(head.id)).processed == 1
    assert await query(kit_database, "SELECT count(*) FROM pending") == 1
    assert await query(kit_database, "SELECT count(*) FROM parked_keys") == 0


async def test_an_unknown_letter_is_not_found(processor_of: Callable[..., StateProcessor]) -> None:
    with pytest.raises(NotFound):
        await DeadLetterReplayer(processor_of()).replay(uuid4())


async def test_a_topic_of_which_nothing_can_be_read_is_not_drained(
    processor_of: Callable[..., StateProcessor], kit_database: Database
) -> None:
    rubbish = [a_record(a_tag(str(number)), value=b"{}") for number in range(30)]
    with pytest.raises(TooManyDeadLetters):
        await processor_of(cap=10).process(rubbish)
    assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 10


async def test_dead_letters_among_good_records_do_not_count_as_a_row(
    processor_of: Callable[..., StateProcessor], kit_database: Database
) -> None:
    mixed = []
    for number in range(12):
        mixed.append(a_record(a_tag(f"bad {number}", level="bad")))
        mixed.append(a_record(a_tag(f"good {number}")))
    await processor_of(cap=3).process(mixed)
    assert await query(kit_database, "SELECT count(*) FROM dead_letters") == 12
    assert await query(kit_database, "SELECT count(*) FROM projected_states") == 12


async def test_the_dead_letter_topic_announces_without_bytes_or_key(
    processor_of: Callable[..., StateProcessor], kit_database: Database, clock: FrozenClock
) -> None:
    await processor_of().process([a_record(a_tag("a"), value=b'{"name": "\xe5\xbc\xa0\xe4\xb8\xb0"}', offset=41)])
    bus, stop = MemoryBus({}), asyncio.Event()
    announcing = asyncio.create_task(Announcer(kit_database, bus, clock, every=0.02).run(stop))

    async def announced() -> int:
        return sum(map(len, bus.log.values()))

    await until_is(announced, 1)
    await until_is(lambda: query(kit_database, "SELECT count(announced_at) FROM dead_letters"), 1)
    await asyncio.sleep(0.1)
    stop.set()
    await announcing
    [(lane, [record])] = bus.log.items()
    assert lane.topic == "registry.tags.dlq.grid"
    told = orjson.loads(record.value or b"")
    letter = await DeadLetterReplayer(processor_of()).dead_letter(told["dead_letter"])
    assert told == {
        "dead_letter": str(letter.id),
        "topic": "registry.tags",
        "partition": 0,
        "offset": 41,
        "group": "grid",
        "code": "bad_state",
        "attempts": 1,
    }
    assert dict(record.headers)["code"] == b"bad_state"
    assert "张丰".encode() not in (record.value or b"")
