"""Where a write got to: opaque, stable, not to be forged into work, and reached or not."""

import base64
import zlib

import orjson
import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.errors import ErrorKind
from shared.messaging.outbox.position import InvalidPosition, Position
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.messaging.projection.states import reached
from shared.testing.clock import FrozenClock
from tests.shared.arrivals import a_tag, an_id, records
from tests.shared.consuming import CRYPTO

A = ("registry.person", "0197b8f0-0000-7000-8000-000000000001", 3)
B = ("registry.area", "450481", 1)


def packed(plain: object) -> str:
    return base64.urlsafe_b64encode(zlib.compress(orjson.dumps(plain))).rstrip(b"=").decode()


def test_it_comes_back_as_it_was_and_the_same_set_gives_the_same_text() -> None:
    position = Position.of([A, B])
    assert Position.parse(position.encode()) == position
    assert Position.of([B, A]).encode() == position.encode()
    assert Position.parse("") == Position()
    assert not Position()
    assert Position().encode() == ""


def test_of_one_aggregate_the_highest_version_counts() -> None:
    low, high = Position.of([A]), Position().add(A[0], A[1], 7)
    assert (low | high) == high == (high | low)
    assert Position.of([A, B]).merge(high) == Position.of([(A[0], A[1], 7), B])


def test_the_text_fits_into_headers_and_queries() -> None:
    many = Position.of([("registry.person", str(an_id(str(number))), 1) for number in range(50)])
    assert len(many.encode()) < 4_000
    assert all(character.isalnum() or character in "-_" for character in many.encode())


@pytest.mark.parametrize(
    "forged",
    [
        "x",
        "not base64!",
        "AAAA",
        "é",
        "A" * 20_000,
        packed({"a": 1}),
        packed([1]),
        packed([["registry.person", "x"]]),
        packed([["registry.person", "x", "1"]]),
        packed([["registry.person", "x", True]]),
        packed([["registry.person", "x", 0]]),
        packed([["registry.person", "x", 2**63]]),
        packed([["registry.person", "x", 1]])[:-6],
        packed([["registry.person", "x" * 10_000_000, 1]]),  # small on the wire, large in memory
    ],
)
def test_what_we_did_not_give_out_is_refused(forged: str) -> None:
    with pytest.raises(InvalidPosition) as refusal:
        Position.parse(forged)
    assert refusal.value.code == "invalid_position"
    assert refusal.value.kind is ErrorKind.INVALID


async def test_it_is_reached_when_every_projected_noun_is_at_its_version_in_the_live_generation(
    kit_database: Database, clock: FrozenClock
) -> None:
    nouns = ["registry.tag", "registry.area"]
    projector = Projector(
        kit_database, [Route(noun) for noun in nouns], owner="grid", clock=clock, crypto=CRYPTO, reader="grid"
    )
    wanted = Position.of([("registry.tag", str(an_id("a")), 2), ("registry.person", "elsewhere", 9)])
    async with kit_database.session() as session:
        assert await reached(session, Position(), nouns)
        assert not await reached(session, wanted, nouns)
    await StateProcessor(projector).process(records(a_tag("a")))
    async with kit_database.session() as session:
        assert not await reached(session, wanted, nouns)
    await StateProcessor(projector).process(records(a_tag("a", 3)))
    async with kit_database.session() as session:
        assert await reached(session, wanted, nouns)
        assert not await reached(session, wanted.add("registry.area", "45", 1), nouns)
        assert await reached(session, wanted.add("registry.area", "45", 1), ["registry.tag"])
        await session.execute(text("INSERT INTO projection_slots VALUES (1, 1, now())"))
        assert not await reached(session, wanted, nouns)
