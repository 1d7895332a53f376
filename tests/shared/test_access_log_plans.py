"""The access log's writer has its statement planned once a connection, however few entries it carries (decision 63)."""

from collections.abc import AsyncIterator

import pytest

from shared.auth.access_log import AccessLog
from shared.db.engine import Database, raw_dsn
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from tests.shared.test_access_log import an_entry, running


@pytest.fixture
async def planned_once(kit_database: Database, service_database: ServiceDatabase) -> AsyncIterator[None]:
    """The table takes rows only of connections that plan once."""
    owner = await service_database.as_owner()
    try:
        await owner.execute(
            "CREATE FUNCTION planned_once() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN"
            " ASSERT current_setting('plan_cache_mode') = 'force_generic_plan'; RETURN NEW; END $f$;"
            " CREATE TRIGGER planned_once BEFORE INSERT ON access_log FOR EACH ROW EXECUTE FUNCTION planned_once()"
        )
        yield
    finally:
        await owner.execute("DROP FUNCTION IF EXISTS planned_once() CASCADE")
        await owner.close()


@pytest.mark.usefixtures("planned_once")
async def test_the_writer_plans_once_a_connection(service_database: ServiceDatabase, clock: FrozenClock) -> None:
    async with running(AccessLog(raw_dsn(service_database.service_url), writer="w", clock=clock)) as log:
        await log.write([an_entry(clock)])
