"""Whatever a stranger writes: it is answered with a code, it has no effect, and the next good request is taken."""

import re

import pytest
from aiokafka.structs import TopicPartition
from sqlalchemy import text

from services.grid.inbound.service.requests import REFUSALS
from services.grid.settings import Settings
from services.grid.worker import inbound
from shared.contracts.county.submission import EVENT_ID
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.bus.interface import Message
from shared.messaging.inbound.event import CODES, NOT_KEPT
from shared.messaging.inbound.factory import WorkerParts, inbound_runner
from shared.testing.bus import MemoryBus
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.settings import settings_for
from tests.grid.hostile import HOSTILE, MOBILE, NUMBER
from tests.grid.hotline import SOURCE, TOPIC, Hotline, a_request, binary
from tests.shared.consuming import QUICK, running, until_is

pytestmark = pytest.mark.usefixtures("grids")


async def scalar(database: Database, statement: str) -> object:
    async with database.session() as session:
        return (await session.execute(text(statement))).scalar_one()


OF_RULES = {refusal.code for refusal in REFUSALS.values()}
"""What a well-formed request is refused with; such a record is not kept."""


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_it_is_answered_and_the_next_good_request_is_taken(
    hotline: Hotline, committed: Database, name: str
) -> None:
    code, build = HOSTILE[name]
    answer = await hotline.push(build())
    assert (answer.status, answer.code) == ("rejected", code)
    assert answer.incident_id is None
    assert answer.request_source in (None, SOURCE)
    assert answer.coalesced == (answer.request_id is None)
    letters = await scalar(committed, "SELECT count(*) FROM dead_letters WHERE sealed")
    assert letters == (0 if code in NOT_KEPT | OF_RULES else 1)
    assert (await hotline.send(a_request())).status == "accepted"
    assert await scalar(committed, "SELECT count(*) FROM incidents") == 1


def test_the_variants_show_every_code_that_reading_may_answer() -> None:
    shown = {code for code, _ in HOSTILE.values()} | {"id_reused", "rate_exceeded", "internal_error"}
    assert shown == CODES | OF_RULES


async def test_no_answer_repeats_what_was_not_trusted(hotline: Hotline) -> None:
    for _, build in HOSTILE.values():
        await hotline.push(build())
    for _, state in await hotline.outcomes():
        told = state.model_dump_json()
        assert not any(secret in told for secret in (NUMBER, MOBILE, "; DROP", "urn:other", "工单"))
        assert state.request_id is None or re.fullmatch(EVENT_ID, state.request_id)
        assert state.request_id_masked is None or re.fullmatch(r"[A-Za-z0-9._:~*-]{1,128}", state.request_id_masked)


async def test_who_sends_too_much_is_told_so_and_may_send_it_again(hotline: Hotline, clock: FrozenClock) -> None:
    hotline.rate = 3
    sent = [binary(a_request(), id=f"HL-{n}") for n in range(5)]
    answers = [await hotline.push(one) for one in sent]
    assert [answer.code for answer in answers] == [None, None, None, "rate_exceeded", "rate_exceeded"]
    assert [answer.final for answer in answers] == [True, True, True, False, False]
    clock.advance(minutes=1)
    assert [(await hotline.push(one)).status for one in sent[3:]] == ["accepted", "accepted"]
    assert [fact for fact, _ in await hotline.outcomes()][-2:] == ["accepted", "accepted"]


async def test_what_was_answered_for_good_is_told_again_whatever_the_rate(hotline: Hotline) -> None:
    hotline.rate = 1
    request = a_request()
    answers = [await hotline.send(request, id="HL-1") for _ in range(3)]
    assert [(answer.status, answer.repeats) for answer in answers] == [
        ("accepted", 0),
        ("accepted", 1),
        ("accepted", 2),
    ]


async def test_one_source_does_not_use_up_the_other_ones_rate(hotline: Hotline) -> None:
    other = "urn:county:450481:city-management"
    hotline.rate, hotline.sources = 1, frozenset({SOURCE, other})
    assert (await hotline.send(a_request())).code is None
    assert (await hotline.send(a_request())).code == "rate_exceeded"
    assert (await hotline.send(a_request(), source=other)).code is None


async def test_two_sources_may_use_the_same_id(hotline: Hotline) -> None:
    other = "urn:county:450481:city-management"
    hotline.sources = frozenset({SOURCE, other})
    answers = [await hotline.send(a_request(), id="1", source=source) for source in (SOURCE, other)]
    assert [answer.status for answer in answers] == ["accepted", "accepted"]
    assert answers[0].id != answers[1].id


async def test_a_flood_of_rejected_records_is_answered_but_does_not_fill_the_disk(
    hotline: Hotline, committed: Database
) -> None:
    hotline.rate = 4
    for _ in range(9):
        assert (await hotline.send(a_request(), source="urn:stranger")).code == "source_not_allowed"
    assert await scalar(committed, "SELECT count(*) FROM dead_letters") == 4


async def test_no_number_of_rejected_records_halts_the_reader(
    hotline: Hotline, committed: Database, clock: FrozenClock, crypto: Crypto, service_database: ServiceDatabase
) -> None:
    """Our own topics halt after 50 in a row: there a fault is likely ours."""
    settings = settings_for("grid", service_database.service_url)
    assert isinstance(settings, Settings)
    door, bus = inbound(settings), MemoryBus({TOPIC: 1})
    assert door is not None
    runner = inbound_runner("grid", settings, door, WorkerParts(committed, bus, crypto, clock, QUICK))
    sent = [*(binary(b"{") for _ in range(120)), binary(a_request(), id="HL-good")]
    for one in sent:
        assert one.value is not None
        await bus.append(Message(TOPIC, one.key or b"", one.value, one.headers, 0))
    async with running(runner):
        counted = "SELECT sum(1 + repeats + untold) FROM inbound_outcomes"
        await until_is(lambda: scalar(committed, counted), len(sent))
        assert runner.ready
    (good,) = [state for _, state in await hotline.outcomes() if state.request_id == "HL-good"]
    assert good.status == "accepted"
    assert await bus.group_offsets("grid.inbound", [TopicPartition(TOPIC, 0)]) == {TopicPartition(TOPIC, 0): (121, "")}
