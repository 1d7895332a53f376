"""Records that were rejected as unreadable or hostile are kept sealed, and an operator may have them judged anew."""

from collections.abc import Callable

import orjson
import pytest
from sqlalchemy import select, text

from services.grid.inbound.service.requests import InboundRequests
from services.grid.wiring import use_cases
from shared.crypto.keyring import KeyRing
from shared.crypto.service import CannotOpen, Crypto
from shared.db.engine import Database
from shared.messaging.context import UseCaseContext
from shared.messaging.dead_letters.announcer import Announcer, announcement
from shared.messaging.dead_letters.store import DeadLetter, DeadLetterStatus, opened
from shared.messaging.inbound.data import Submitted
from shared.messaging.inbound.event import Rejected
from shared.messaging.inbound.processor import InboundProcessor
from shared.messaging.inbound.receiver import Arrival, InboundDoor, Known
from shared.messaging.inbound.replay import InboundReplayer
from shared.settings import parse_keys
from shared.testing.bus import MemoryBus
from shared.testing.clock import FrozenClock
from shared.testing.settings import VALUES
from tests.grid.hotline import KEYS, SOURCE, TOPIC, Hotline, Sent, a_request, binary

pytestmark = pytest.mark.usefixtures("grids")
STRANGER = "urn:county:450481:newcomer"


async def letters(database: Database) -> list[DeadLetter]:
    async with database.session() as session:
        return list((await session.scalars(select(DeadLetter).order_by(DeadLetter.number))).all())


async def test_a_kept_record_is_sealed_whole_and_opens_whole(
    hotline: Hotline, committed: Database, crypto: Crypto
) -> None:
    sent = Sent(b"\xff13800138000", (("x-name", "张三".encode()), ("empty", b"")), b"45048119900307019X")
    await hotline.push(sent)
    (letter,) = await letters(committed)
    assert (letter.sealed, letter.code, letter.status) == (True, "not_a_cloudevent", DeadLetterStatus.DEAD)
    assert (letter.record_key, list(letter.header_names), list(letter.header_values)) == (None, [], [])
    for secret in (b"13800138000", "张三".encode(), b"45048119900307019X"):
        assert secret not in (letter.record_value or b"") + letter.fingerprint
    record = opened(letter, crypto)
    assert (record.key, record.value, record.headers) == (sent.key, sent.value, sent.headers)
    assert (record.topic, record.partition, record.offset) == (TOPIC, 0, 0)


async def test_a_record_is_the_same_letter_while_the_index_key_is_rotated(
    hotline: Hotline, committed: Database
) -> None:
    ring = parse_keys(VALUES["index_keys"], length=32, name="index")
    field = KeyRing(parse_keys(VALUES["field_keys"], length=16, name="field"))
    sent = binary(b"{", source="urn:stranger")
    await hotline.push(sent)
    hotline.crypto = Crypto(field, KeyRing({"new": b"n" * 32, **ring}))
    hotline.cluster, hotline.offset = "cluster-2", 0  # another broker gives the same record again
    await hotline.push(sent)
    (letter,) = await letters(committed)
    assert letter.attempts == 2
    hotline.crypto = Crypto(field, KeyRing({"new": b"n" * 32}))
    hotline.cluster, hotline.offset = "cluster-3", 0
    await hotline.push(sent)
    assert len(await letters(committed)) == 2, "without the old key nobody can tell"


async def test_a_sealed_record_opens_under_its_own_letter_only(
    hotline: Hotline, committed: Database, crypto: Crypto
) -> None:
    for value in (b"1", b"2"):
        await hotline.push(Sent(value, ()))
    first, second = await letters(committed)
    first.record_value = second.record_value
    with pytest.raises(CannotOpen):
        opened(first, crypto)


async def test_what_is_announced_of_it_names_its_place_and_code_and_nothing_else(
    hotline: Hotline, committed: Database, clock: FrozenClock
) -> None:
    await hotline.push(binary(a_request(), id="HL-45048119900307019X"))
    (letter,) = await letters(committed)
    told = announcement(letter)
    assert told.topic == "county.inbound.requests.dlq.grid.inbound"
    assert set(orjson.loads(told.value)) == {
        "dead_letter", "topic", "partition", "offset", "group", "code", "attempts",
    }  # fmt: skip
    bus = MemoryBus({told.topic: 1})
    announcer = Announcer(committed, bus, clock, every=0.01)
    await announcer._announce(bus.sender(), await announcer._open())
    assert [len(lane) for lane in bus.log.values()] == [1]
    assert b"45048119900307019X" not in b"".join((told.key, told.value, *(value for _, value in told.headers)))


async def test_a_record_replayed_after_its_source_was_allowed_is_taken(hotline: Hotline, committed: Database) -> None:
    rejected = await hotline.send(a_request(), id="HL-1", source=STRANGER)
    assert (rejected.request_source, rejected.request_id) == (None, None)
    hotline.sources = frozenset({SOURCE, STRANGER})
    (letter,) = await letters(committed)
    replayed = await InboundReplayer(hotline.processor).replay(letter)
    assert (replayed.processed, replayed.stopped_at) == (1, None)
    (letter,) = await letters(committed)
    assert letter.status == DeadLetterStatus.REPLAYED
    told = await hotline.outcomes()
    assert [(fact, state.request_source, state.request_id) for fact, state in told] == [
        ("rejected", None, None),
        ("accepted", STRANGER, "HL-1"),
    ]
    assert (await InboundReplayer(hotline.processor).replay(letter)).processed == 0


async def test_a_record_that_is_rejected_again_stays_and_is_answered_only_once(
    hotline: Hotline, committed: Database
) -> None:
    await hotline.send(a_request(colour="red"))
    (letter,) = await letters(committed)
    replayed = await InboundReplayer(hotline.processor).replay(letter)
    assert (replayed.processed, replayed.stopped_at, replayed.code) == (0, letter.id, "schema_violation")
    (letter,) = await letters(committed)
    assert (letter.status, letter.attempts) == (DeadLetterStatus.DEAD, 2)
    assert [fact for fact, _ in await hotline.outcomes()] == ["rejected"]


async def test_a_dropped_record_stays_dropped_when_it_comes_again(
    hotline: Hotline, committed: Database, clock: FrozenClock
) -> None:
    record = hotline.record(Sent(b"{", ()))
    await hotline.take(record)
    (letter,) = await letters(committed)
    await InboundReplayer.drop(committed, clock, letter)
    hotline.cluster = "cluster-2"
    await hotline.take(record, hotline.record(Sent(b"{", ())))
    statuses = [letter.status for letter in await letters(committed)]
    assert statuses == [DeadLetterStatus.DROPPED]


class Failing(InboundRequests):
    """Has a defect where a request is judged, or where it is answered."""

    places: tuple[str, ...] = ()
    error: Exception = KeyError("13800138000")

    async def known(self, arrival: Arrival) -> Known:
        self._fail("known")
        return await super().known(arrival)

    async def answer(self, arrival: Arrival, found: Submitted | Rejected) -> Rejected | None:
        if isinstance(found, Submitted):
            self._fail("answer")
        return await super().answer(arrival, found)

    def _fail(self, place: str) -> None:
        if place in self.places:
            raise self.error


@pytest.fixture
def failing(
    hotline: Hotline, committed: Database, clock: FrozenClock, crypto: Crypto
) -> Callable[..., InboundProcessor]:
    def make(*places: str, error: Exception = Failing.error) -> InboundProcessor:
        def receiver(context: UseCaseContext) -> InboundRequests:
            made = Failing(context, use_cases(context).incident_reporting)
            made.places, made.error = places, error
            return made

        door = InboundDoor({"county.request": receiver}, KEYS, frozenset({SOURCE}), 100, 65_536)
        return InboundProcessor(committed, door, owner="grid", clock=clock, crypto=crypto, reader="grid.inbound")

    return make


async def count(database: Database, table: str) -> object:
    async with database.session() as session:
        return (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()


async def test_a_defect_of_ours_is_answered_and_the_record_can_be_replayed_once_it_is_mended(
    hotline: Hotline, committed: Database, failing: Callable[..., InboundProcessor], capsys: pytest.CaptureFixture[str]
) -> None:
    record = hotline.record(binary(a_request(), id="HL-1"))
    await hotline.take(record, processor=failing("answer"))
    answer = await hotline.answer_to(record)
    assert (answer.code, answer.final, answer.request_id) == ("internal_error", False, "HL-1")
    printed = capsys.readouterr()
    assert "inbound_defect" in printed.out + printed.err
    assert "13800138000" not in printed.out + printed.err
    (letter,) = await letters(committed)
    assert (await InboundReplayer(hotline.processor).replay(letter)).processed == 1
    assert [fact for fact, _ in await hotline.outcomes()] == ["rejected", "accepted"]


async def test_where_not_even_the_answer_can_be_written_the_record_is_kept(
    hotline: Hotline, committed: Database, failing: Callable[..., InboundProcessor]
) -> None:
    bad, good = hotline.record(binary(a_request())), hotline.record(binary(a_request()))
    await hotline.take(bad, processor=failing("known"))
    await hotline.take(good)
    assert (await hotline.answer_to(good)).status == "accepted"
    (letter,) = await letters(committed)
    assert (letter.code, letter.record_offset) == ("internal_error", bad.offset)


async def test_while_a_part_is_away_nothing_is_answered_and_the_record_is_tried_again(
    hotline: Hotline, committed: Database, failing: Callable[..., InboundProcessor]
) -> None:
    record = hotline.record(binary(a_request()))
    with pytest.raises(ConnectionError):
        await hotline.take(record, processor=failing("answer", error=ConnectionError()))
    assert await hotline.outcomes() == []
    for table in ("dead_letters", "rate_buckets", "consumer_progress WHERE reader = 'grid.inbound'"):
        assert await count(committed, table) == 0, table
    await hotline.take(record)
    assert [fact for fact, _ in await hotline.outcomes()] == ["accepted"]


async def test_the_place_reached_is_noted_with_every_answer(hotline: Hotline, committed: Database) -> None:
    await hotline.send(a_request())
    await hotline.push(Sent(None, ()))
    statement = "SELECT topic, partition, position FROM consumer_progress WHERE reader = 'grid.inbound'"
    async with committed.session() as session:
        rows = (await session.execute(text(statement))).all()
    assert [tuple(row) for row in rows] == [(TOPIC, 0, 2)]
