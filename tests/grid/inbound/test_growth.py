"""What strangers send makes neither tables nor topics grow without bound, and still everybody learns the answer."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from services.grid.features import SPEC
from shared.contracts.grid.inbound_outcomes import InboundOutcomeState
from shared.db.engine import Database
from shared.messaging.inbound.answering import REMEMBERED, REPEATED_PER_MINUTE, TOLD_PER_MINUTE
from shared.messaging.inbound.event import CODES
from shared.messaging.inbound.processor import MOST_LETTERS
from shared.testing.clock import FrozenClock
from tests.grid.hotline import SOURCE, TOPIC, Hotline, Sent, a_request, binary

pytestmark = pytest.mark.usefixtures("grids")
STRANGER = "urn:stranger"


async def scalar(database: Database, statement: str) -> int:
    async with database.session() as session:
        return int((await session.execute(text(statement))).scalar_one() or 0)


async def execute(database: Database, statement: str, **parameters: object) -> None:
    async with database.session() as session:
        await session.execute(text(statement), parameters)
        await session.commit()


NAMELESS: dict[str, Callable[[int], Sent]] = {
    "of no source that may send": lambda n: binary(a_request(), source=f"{STRANGER}-{n}", id=f"X-{n}"),
    "without headers": lambda n: Sent(b"%d" % n, ()),
    "with ids that are none": lambda n: binary(a_request(), id=f"no id {n}"),
    "with numbers of people as ids": lambda n: binary(a_request(), id=f"{n}-13800138000"),
}


@pytest.mark.parametrize("name", list(NAMELESS))
async def test_a_flood_of_records_that_cannot_be_named_has_one_answer_which_counts_them(
    hotline: Hotline, committed: Database, clock: FrozenClock, name: str
) -> None:
    build, flood = NAMELESS[name], TOLD_PER_MINUTE + 40
    records = [hotline.record(build(n)) for n in range(flood)]
    await hotline.take(*records)
    assert await scalar(committed, "SELECT count(*) FROM inbound_outcomes") == 1
    told = await hotline.outcomes()
    assert len(told) == TOLD_PER_MINUTE + 1
    assert [state.offset for _, state in told] == list(range(TOLD_PER_MINUTE + 1))
    assert {(fact, state.coalesced, state.request_id) for fact, state in told} == {("rejected", True, None)}
    clock.advance(minutes=1)
    last = await hotline.push(build(flood))
    assert (last.version, last.repeats, last.offset) == (TOLD_PER_MINUTE + 2, flood, flood)


async def test_there_are_no_more_answers_than_partitions_sources_and_codes(
    hotline: Hotline, committed: Database
) -> None:
    for n in range(60):
        sent = binary(a_request(), source=f"{STRANGER}-{n}", type=("county.request.submitted", "x", "y")[n % 3])
        await hotline.take(hotline.record(sent if n % 4 else Sent(b"{", ()), partition=n % 2))
    rows = await scalar(committed, "SELECT count(*) FROM inbound_outcomes")
    assert rows <= 2 * len(CODES)
    assert rows == await scalar(committed, "SELECT count(DISTINCT (partition, code)) FROM inbound_outcomes")
    assert await scalar(committed, "SELECT sum(repeats + untold + 1) FROM inbound_outcomes") == 60


async def test_a_record_read_again_is_counted_once(hotline: Hotline, committed: Database) -> None:
    records = [hotline.record(binary(b"{", source=STRANGER)) for _ in range(5)]
    await hotline.take(*records)
    await hotline.take(*records)
    assert await scalar(committed, "SELECT sum(repeats + untold + 1) FROM inbound_outcomes") == 5


async def test_a_source_that_floods_with_ids_is_remembered_by_no_more_than_its_rate(
    hotline: Hotline, committed: Database
) -> None:
    hotline.rate = 3
    hostile = [binary(a_request(), id=f"HL-{n}", type="x") for n in range(20)]
    answers = [await hotline.push(one) for one in hostile]
    assert [answer.code for answer in answers] == ["type_unknown"] * 3 + ["rate_exceeded"] * 17
    assert [answer.request_id for answer in answers] == [f"HL-{n}" for n in range(20)]
    assert await scalar(committed, "SELECT count(*) FROM inbound_outcomes") == 4


async def test_refused_events_beyond_the_number_that_is_remembered_share_one_answer(
    hotline: Hotline, committed: Database
) -> None:
    await execute(
        committed,
        """
        INSERT INTO inbound_outcomes (id, topic, partition, record_offset, cluster_id, request_source, request_id,
          status, code, final, answered_at, repeats, digest_key, data_digest, version)
        SELECT gen_random_uuid(), :topic, 0, 0, 'before', :source, 'OLD-' || n, 'rejected', 'schema_violation', true,
          now(), 0, 'k', '', 1
        FROM generate_series(1, :remembered) AS n
        """,
        topic=TOPIC,
        source=SOURCE,
        remembered=REMEMBERED - 1,
    )
    before = await hotline.send(a_request(colour="red"), id="HL-1")
    beyond = [await hotline.send(a_request(colour="red"), id=f"HL-{n}") for n in (2, 3)]
    assert (before.coalesced, [answer.coalesced for answer in beyond]) == (False, [True, True])
    assert [answer.request_id for answer in beyond] == ["HL-2", "HL-3"]
    assert {answer.id for answer in beyond} == {beyond[0].id}
    assert await scalar(committed, "SELECT count(*) FROM inbound_outcomes") == REMEMBERED + 1
    taken = await hotline.send(a_request(), id="HL-4")
    assert (taken.status, taken.coalesced) == ("accepted", False)


async def test_a_source_that_repeats_itself_without_end_is_told_so_often_a_minute(
    hotline: Hotline, committed: Database, clock: FrozenClock
) -> None:
    sent = binary(a_request(colour="red"), id="HL-1")
    await hotline.take(*(hotline.record(sent) for _ in range(REPEATED_PER_MINUTE + 11)))
    assert len(await hotline.outcomes()) == REPEATED_PER_MINUTE + 1
    clock.advance(minutes=1)
    last = await hotline.push(sent)
    assert (last.repeats, last.coalesced) == (REPEATED_PER_MINUTE + 11, False)


async def test_what_is_kept_sealed_for_the_operator_ends_at_a_number(hotline: Hotline, committed: Database) -> None:
    await execute(
        committed,
        """
        INSERT INTO dead_letters (id, consumer_group, topic, partition, record_offset, header_names, header_values,
          sealed, fingerprint, code, attempts, status, created_at)
        SELECT gen_random_uuid(), 'grid.inbound', :topic, 0, n, '{}', '{}',
          true, int4send(n), 'unreadable', 1, 'dead', now()
        FROM generate_series(1, :most) AS n
        """,
        topic=TOPIC,
        most=MOST_LETTERS - 1,
    )
    for n in range(3):
        assert (await hotline.push(Sent(b"%d" % n, ()))).status == "rejected"
    assert await scalar(committed, "SELECT count(*) FROM dead_letters") == MOST_LETTERS


async def test_the_answer_to_many_is_restated_as_it_was_told(hotline: Hotline, committed: Database) -> None:
    for n in range(TOLD_PER_MINUTE + 5):
        await hotline.take(hotline.record(Sent(b"%d" % n, ())))
    async with committed.session() as session:
        (fact,) = await SPEC.restate["grid.inbound_outcome"](session, None, 10)
    assert isinstance(fact.state, InboundOutcomeState)
    assert fact.state == (await hotline.outcomes())[-1][1]
