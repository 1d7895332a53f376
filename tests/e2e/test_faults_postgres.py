"""PostgreSQL crashes and is restarted while people are registered: every service waits for it and goes on."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from shared.auth.access_verify import verify
from tests.e2e.faults.books import rows, settled
from tests.e2e.faults.county import a_county
from tests.e2e.faults.lives import Registrar

pytestmark = [pytest.mark.embedded, pytest.mark.chaos, pytest.mark.faults, pytest.mark.xdist_group("faults")]


async def test_postgresql_restarted_under_load_costs_patience_and_nothing_else(tmp_path: Path) -> None:
    async with a_county(tmp_path) as county, county.clerk() as client:
        parts = [await county.api(), await county.registry_worker(), await county.indicators_worker()]
        await asyncio.gather(*(part.until_ready() for part in parts))
        registrar = Registrar(client)
        async with registrar.at_work(clients=6, pause=0.05):
            for crash in (True, False):
                await registrar.until(30)
                await asyncio.to_thread(county.postgres.stop, immediately=crash)
                refused = registrar.statuses[503]
                await registrar.until_refused(refused + 6)
                await asyncio.to_thread(county.postgres.start)
            await registrar.until(30)
        await settled(county, registrar)
        assert set(registrar.statuses) <= {200, 201, 409, 503}  # each refusal had its Retry-After
        assert all(part.running for part in parts)  # nobody had to be started again
        await asyncio.gather(*(part.until_ready() for part in parts))
        noted = await rows(
            county, "registry", "SELECT DISTINCT object_id::text FROM access_log WHERE noun = 'registry.person'"
        )
        assert {str(row[0]) for row in noted} >= set(registrar.accepted)  # ADR 7: never too little
        connection = await asyncpg.connect(county.postgres.dsn(database="registry"))
        try:
            assert (await verify(connection)).sound
        finally:
            await connection.close()
