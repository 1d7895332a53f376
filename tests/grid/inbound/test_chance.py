"""Whatever strangers write has a fate: it is answered or counted, and the next request is taken."""

import contextlib
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from services.grid.inbound.service.requests import REFUSALS
from shared.contracts.county.requests import RequestSubmitted
from shared.db.engine import Database
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.inbound.data import read_data
from shared.messaging.inbound.event import CODES, Limits, Rejected, read_event
from tests.grid.hotline import KEYS, SOURCE, TOPIC, Hotline, Sent, a_request, binary, structured
from tests.shared.consuming import CRYPTO
from tests.shared.hostile_records import ANYTHING, BYTES

SMALL, LARGE = 150, 10_000
ON = date(2026, 3, 16)
NAMES = ("id", "source", "type", "time", "subject", "dataschema", "specversion", "datacontenttype", "x", "data_base64")


def by_chance(random: Random) -> Sent:
    """A request of the hotline, made wrong in one to three ways; one in ten is as it should be."""
    data: Any = a_request()
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        data[random.choice((*data, "more"))] = random.choice(ANYTHING)
    attributes: dict[str, Any] = {
        random.choice(NAMES[:8]): str(random.choice(ANYTHING)) for _ in range(random.choice((0, 0, 1, 2)))
    }
    try:
        sent = (structured if random.random() < 0.3 else binary)(data, **attributes)
    except (UnicodeEncodeError, KeyError):
        sent = binary(data)
    headers: list[Any] = list(sent.headers)
    if headers and random.random() < 0.3:
        place = random.randrange(len(headers))
        headers[place] = (random.choice((headers[place][0], "x\0y", "CE_ID", "")), random.choice(BYTES))
    value = random.choice((*BYTES, random.randbytes(100))) if random.random() < 0.15 else sent.value
    key = random.choice((*BYTES, random.randbytes(5_000))) if random.random() < 0.2 else sent.key
    return Sent(value, tuple(headers), key)


async def has_a_fate(hotline: Hotline, database: Database, sent: Sequence[Sent]) -> None:
    """Each is answered one by one or counted in an answer, and none stops the reading."""
    hotline.rate = 10**6
    for one in sent:
        await hotline.take(hotline.record(one))
    good = await hotline.send(a_request(), id="HL-good")
    assert good.status == "accepted"
    async with database.session() as session:
        counted = await session.scalar(text("SELECT sum(1 + repeats + untold) FROM inbound_outcomes"))
        codes = set(await session.scalars(text("SELECT DISTINCT code FROM inbound_outcomes WHERE code IS NOT NULL")))
    assert counted == len(sent) + 1
    assert codes <= (CODES | {refusal.code for refusal in REFUSALS.values()}) - {"internal_error"}


@pytest.mark.usefixtures("grids")
async def test_requests_by_chance_have_a_fate_each(hotline: Hotline, committed: Database) -> None:
    random = Random(1)
    await has_a_fate(hotline, committed, [by_chance(random) for _ in range(SMALL)])


@pytest.mark.large
@pytest.mark.usefixtures("grids")
async def test_ten_thousand_requests_by_chance_have_a_fate_each(hotline: Hotline, committed: Database) -> None:
    random = Random(2)
    await has_a_fate(hotline, committed, [by_chance(random) for _ in range(LARGE)])


VALID = binary(a_request())


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from([name for name, _ in VALID.headers]) | st.text(max_size=8),
            st.none() | st.binary(max_size=40) | st.sampled_from([value for _, value in VALID.headers]),
        ),
        max_size=12,
    ),
    key=st.none() | st.binary(max_size=30),
    value=st.none() | st.binary(max_size=60) | st.just(VALID.value),
)
def test_reading_a_record_never_raises(headers: list[Any], key: bytes | None, value: bytes | None) -> None:
    limits = Limits({SOURCE}, 65_536)
    mixed = tuple({**dict(VALID.headers), **dict(headers)}.items())
    for named in (tuple(headers), mixed):
        event = read_event(StoredRecord(TOPIC, 0, 0, key, value, named), "county.request", limits, on=ON)
        assert event.problem is not None or event.submission is RequestSubmitted
        assert event.event_id is not None or event.problem is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(ANYTHING),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(changes=st.dictionaries(st.sampled_from([*a_request(), "more"]), JSON, max_size=3))
def test_reading_data_raises_nothing_but_rejections(changes: dict[str, Any]) -> None:
    try:
        data = orjson.dumps({**a_request(personal=None), **changes})
    except TypeError:  # a number or a text that JSON does not have
        return
    with contextlib.suppress(Rejected):
        read_data(RequestSubmitted, data, KEYS, CRYPTO, on=ON)
