"""Where a write got to: opaque, made by the services of the county alone, and reached or not."""

import base64
import zlib

import orjson
import pytest
from sqlalchemy import text

from shared.crypto.keyring import KeyRing
from shared.db.engine import Database
from shared.errors import ErrorKind
from shared.messaging.outbox.position import InvalidPosition, Position, Positions, Reached
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.messaging.projection.states import behind
from shared.testing.clock import FrozenClock
from tests.shared.arrivals import a_tag, an_id, records
from tests.shared.consuming import CRYPTO

A = ("registry.person", "0197b8f0-0000-7000-8000-000000000001", 3)
B = ("registry.area", "450481", 1)
OLD, NEW = bytes(range(16)), bytes(range(16, 32))
POSITIONS = Positions(KeyRing({"p1": OLD}))


def plain(entries: object) -> str:
    """As positions were before: anybody could make one."""
    return base64.urlsafe_b64encode(zlib.compress(orjson.dumps(entries))).rstrip(b"=").decode()


def test_it_comes_back_as_it_was() -> None:
    position = Position.of([A, B])
    assert POSITIONS.open(POSITIONS.seal(position)) == position
    assert POSITIONS.open("") == Position()
    assert not Position()
    assert POSITIONS.seal(Position()) == ""


def test_of_one_aggregate_the_highest_version_counts() -> None:
    low, high = Position.of([A]), Position().add(A[0], A[1], 7)
    assert (low | high) == high == (high | low)
    assert Position.of([A, B]).merge(high) == Position.of([(A[0], A[1], 7), B])


def test_the_text_fits_into_headers_and_queries_and_does_not_say_what_it_names() -> None:
    many = Position.of([("registry.person", str(an_id(str(number))), 1) for number in range(50)])
    text = POSITIONS.seal(many)
    assert len(text) < 4_000
    assert all(character.isalnum() or character in "-_" for character in text)
    assert text != POSITIONS.seal(many)
    assert len({POSITIONS.seal(Position.of([A]))[8:12] for _ in range(20)}) > 1
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert b"person" not in raw
    with pytest.raises(zlib.error):
        zlib.decompress(raw)


def changed(token: str, place: int) -> str:
    return token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]


GOOD = POSITIONS.seal(Position.of([A, B]))
FORGED = {
    "letter": "x",
    "spaces": "not base64!",
    "zeros": "AAAA",
    "other script": "é",
    "too long": "A" * 20_000,
    "of one that exists": plain([A]),
    "of one that does not": plain([["registry.person", "nobody", 1]]),
    "cut": GOOD[:-4],
    "other nonce": changed(GOOD, 10),
    "other content": changed(GOOD, len(GOOD) // 2),
    "other tag": changed(GOOD, len(GOOD) - 3),
    "other key id": changed(GOOD, 1),
    "another county's": Positions(KeyRing({"p1": NEW})).seal(Position.of([A])),
    "key of an unknown id": Positions(KeyRing({"p2": OLD})).seal(Position.of([A])),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_what_no_service_of_ours_gave_out_is_refused_the_same_way_whatever_it_names(forged: str) -> None:
    with pytest.raises(InvalidPosition) as refusal:
        POSITIONS.open(forged)
    assert (refusal.value.code, refusal.value.kind) == ("invalid_position", ErrorKind.INVALID)
    assert (refusal.value.detail, refusal.value.errors, refusal.value.__cause__) == (None, (), None)


def test_keys_are_changed_without_refusing_what_was_given_out_before() -> None:
    rotated = Positions(KeyRing({"p2": NEW, "p1": OLD}))
    assert rotated.open(GOOD) == Position.of([A, B])
    with pytest.raises(InvalidPosition):
        POSITIONS.open(rotated.seal(Position.of([A])))


async def test_it_is_reached_when_every_noun_is_at_its_version_in_the_live_generation(
    kit_database: Database, clock: FrozenClock
) -> None:
    nouns = ["registry.tag", "registry.area"]
    projector = Projector(
        kit_database, [Route(noun) for noun in nouns], owner="grid", clock=clock, crypto=CRYPTO, reader="grid"
    )
    tag = Reached("registry.tag", str(an_id("a")), 2)
    area = Reached("registry.area", "45", 1)
    async with kit_database.session() as session:
        assert await behind(session, []) == frozenset()
        assert await behind(session, [tag, area]) == {tag, area}
    await StateProcessor(projector).process(records(a_tag("a")))
    async with kit_database.session() as session:
        assert await behind(session, [tag, tag._replace(sequence=1)]) == {tag}
    await StateProcessor(projector).process(records(a_tag("a", 3)))
    async with kit_database.session() as session:
        assert await behind(session, [tag, area]) == {area}
        await session.execute(text("INSERT INTO projection_slots VALUES (1, 1, now())"))
        assert await behind(session, [tag]) == {tag}
