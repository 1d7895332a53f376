"""Every fault of PostgreSQL that may pass is waited for at both doors, by one list; a read-only server heals itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import Database, raw_dsn
from shared.db.faults import PASSING
from shared.errors import ErrorKind
from shared.http.errors import respond, translated
from shared.messaging.failure_kinds import FailureKind, failure_kind
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Change, ConsumerContext, Route
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.each import of_each
from tests.shared.arrivals import a_tag, records
from tests.shared.consuming import CRYPTO
from tests.shared.http_service import CLERK, client
from tests.shared.http_world import HttpWorld, things_world

PASS = (
    *("08000", "08003", "08006", "08P01", "0A000", "25006", "25P02", "25P03", "25P04", "26000", "28000", "28P01"),
    *(
        "3D000",
        "40000",
        "40001",
        "40003",
        "40P01",
        "42501",
        "42703",
        "42704",
        "42883",
        "42P01",
        "42P05",
        "53100",
        "53200",
    ),
    *("53300", "55000", "55006", "55P03", "57014", "57P01", "57P02", "57P03", "57P05", "58030", "72000", "XX000"),
)
"""At least one of every class that may pass."""
STAY = (
    "21000",
    "22003",
    "22012",
    "22P02",
    "23502",
    "23505",
    "23514",
    "2F000",
    "38000",
    "42601",
    "44000",
    "54000",
    "P0001",
)


def raising(state: str) -> str:
    """A statement that PostgreSQL itself answers with that SQLSTATE."""
    return f"DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{state}'; END $$"


def test_every_class_of_the_list_is_tried_here() -> None:
    assert {beginning for state in PASS for beginning in PASSING if state.startswith(beginning)} == set(PASSING)
    assert not any(state.startswith(tuple(PASSING)) for state in STAY)


KNOWN: Sequence[type[asyncpg.PostgresError]] = sorted(
    {one for one in vars(asyncpg.exceptions).values() if isinstance(one, type) and getattr(one, "sqlstate", None)},
    key=lambda one: (str(one.sqlstate), one.__name__),
)


@of_each(lambda: KNOWN, lambda kind: f"{kind.sqlstate}-{kind.__name__}")
def test_both_doors_judge_alike_whatever_postgresql_may_say(kind: type[asyncpg.PostgresError]) -> None:
    error = kind("refused")
    refusal = translated(error, {})
    comes_again = refusal is not None and refusal.kind is ErrorKind.UNAVAILABLE
    assert (
        comes_again == (failure_kind(error) is FailureKind.TRANSIENT) == str(kind.sqlstate).startswith(tuple(PASSING))
    )


async def test_what_does_not_fit_a_parameter_is_wrong_and_not_away(kit_database: Database) -> None:
    """asyncpg's own refusal is an InterfaceError, as a lost connection is."""
    async with kit_database.session() as session:
        with pytest.raises(DBAPIError) as refused:
            await session.execute(text("SELECT CAST(:number AS bigint)"), {"number": 2**63})
    assert failure_kind(refused.value) is FailureKind.PERMANENT
    answer = respond(refused.value, "request", {})
    assert answer is not None
    assert answer.status_code == 422


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


@pytest.fixture
async def clerk(world: HttpWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with client(world.app, CLERK) as one:
        yield one


async def trouble(world: HttpWorld, state: str) -> None:
    """From now on PostgreSQL refuses every new thing so."""
    await world.execute(
        "CREATE OR REPLACE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS"
        f" $f$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{state}'; END $f$;"
        " CREATE OR REPLACE TRIGGER trouble BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION trouble()"
    )


async def test_a_request_that_meets_one_is_told_to_come_again(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    try:
        for state in PASS:
            await trouble(world, state)
            answer = await clerk.post("/things", json={"name": "井"})
            assert (state, answer.status_code, answer.json()["code"]) == (state, 503, "unavailable")
            assert answer.headers["retry-after"] == "1"
        for state in STAY:
            await trouble(world, state)
            answer = await clerk.post("/things", json={"name": "井"})
            assert (state, answer.status_code) != (state, 503)
            assert "retry-after" not in answer.headers
    finally:
        await world.execute("DROP FUNCTION trouble() CASCADE")
    assert (await clerk.post("/things", json={"name": "井"})).status_code == 201


class Trouble:
    """A hook whose statement PostgreSQL refuses."""

    def __init__(self, state: str) -> None:
        self._state = state

    async def __call__(self, context: ConsumerContext, _: Sequence[Change[Any]]) -> None:
        session: AsyncSession = context.session
        await session.execute(text(raising(self._state)))


@pytest.mark.parametrize("state", [*PASS, *STAY])
async def test_a_record_that_meets_one_is_tried_again_and_never_put_aside(
    kit_database: Database, clock: FrozenClock, state: str
) -> None:
    projector = Projector(
        kit_database, [Route("registry.tag", Trouble(state))], owner="grid", clock=clock, crypto=CRYPTO, reader="grid"
    )
    processor = StateProcessor(projector)
    if state in PASS:
        with pytest.raises(DBAPIError):
            await processor.process(records(a_tag()))
    else:
        await processor.process(records(a_tag()))
    async with kit_database.session() as session:
        codes = (await session.scalars(text("SELECT code FROM dead_letters"))).all()
    assert codes == ([] if state in PASS else [f"database_{state}"])


async def test_a_server_that_became_read_only_is_waited_for_and_left_as_soon_as_another_writes(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    """After a fail-over the address may lead to a standby for a while; connections to it would outlive that."""
    assert (await clerk.post("/things", json={"name": "先"})).status_code == 201
    owner = await asyncpg.connect(raw_dsn(world.owner_url), server_settings={"default_transaction_read_only": "off"})
    name = await owner.fetchval("SELECT current_database()")
    try:
        await owner.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        await world.database.engine.dispose()  # the fail-over ended the old connections
        refused = await asyncio.gather(*(clerk.post("/things", json={"name": f"中{number}"}) for number in range(12)))
        assert {(answer.status_code, answer.headers.get("retry-after")) for answer in refused} == {(503, "1")}
    finally:
        await owner.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        await owner.close()
    made = await asyncio.gather(*(clerk.post("/things", json={"name": f"后{number}"}) for number in range(12)))
    assert {answer.status_code for answer in made} == {201}
