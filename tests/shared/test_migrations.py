"""The migrations of every service, and of the kit alone, on a real PostgreSQL."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from shared.db import locks, versions
from shared.db.engine import raw_dsn
from shared.migration import migrate
from shared.testing.databases import KIT_ONLY, existing_services, spec_of
from shared.testing.migrations import (
    EmptyDatabase,
    assert_models_and_migrations_agree,
    assert_service_role_is_confined,
    assert_up_down_up,
    provision_empty,
)
from shared.testing.plugin import DatabaseOf

EVERY = pytest.mark.parametrize("service", [KIT_ONLY.name, *existing_services()])


@pytest.fixture
async def empty(service: str, postgres: str, worker_id: str, pytestconfig: pytest.Config) -> EmptyDatabase:
    """A database that nobody has migrated yet."""
    return await provision_empty(spec_of(service), postgres, f"empty_{service}_{worker_id}")


@EVERY
async def test_upgrade_downgrade_upgrade_gives_the_same_schema(empty: EmptyDatabase) -> None:
    await assert_up_down_up(empty)


@EVERY
async def test_models_and_migrations_say_the_same(service: str, database_of: DatabaseOf) -> None:
    await assert_models_and_migrations_agree(spec_of(service), (await database_of(service)).owner_url)


@EVERY
async def test_the_service_role_is_confined(service: str, database_of: DatabaseOf) -> None:
    await assert_service_role_is_confined(spec_of(service), (await database_of(service)).service_url)


@pytest.mark.parametrize("service", [KIT_ONLY.name])
async def test_two_migrators_at_once_take_turns(empty: EmptyDatabase) -> None:
    assert sorted(await asyncio.gather(empty.upgrade(), empty.upgrade())) == [False, True]


@pytest.mark.parametrize("service", [KIT_ONLY.name])
async def test_a_migrator_that_cannot_get_its_turn_says_so(empty: EmptyDatabase) -> None:
    other = await asyncpg.connect(raw_dsn(empty.owner_url))
    try:
        async with locks.exclusively(other, locks.MAINTENANCE):
            with pytest.raises(locks.Busy):
                await migrate.migrate(empty.spec, empty.owner_url, service_role=None, wait=0.1)
    finally:
        await other.close()


async def test_nobody_but_owner_and_service_role_connects_to_a_database(database_of: DatabaseOf) -> None:
    kit = await database_of("kit")
    connection = await kit.as_owner()
    try:
        may = "SELECT has_database_privilege($1, current_database(), 'CONNECT')"
        assert await connection.fetchval(may, kit.names.role)
        assert not await connection.fetchval(may, "public")
    finally:
        await connection.close()


@EVERY
async def test_whether_a_database_is_current_is_known_without_alembic(service: str, empty: EmptyDatabase) -> None:
    migrations = spec_of(service).migrations
    assert not await versions.is_current(empty.owner_url, migrations)
    await empty.upgrade()
    assert await versions.is_current(empty.owner_url, migrations)


def test_heads_are_the_revisions_that_nobody_follows(tmp_path: Path) -> None:
    steps = tmp_path / "versions"
    steps.mkdir()
    (steps / "0001_a.py").write_text('revision = "0001"\ndown_revision = None\n')
    (steps / "0002_b.py").write_text('revision: str = "0002"\ndown_revision: str | None = "0001"\n')
    (steps / "0003_c.py").write_text('revision = "0003"\ndown_revision = "0001"\n')
    assert versions.heads(tmp_path) == {"0002", "0003"}
    (steps / "0004_d.py").write_text('revision = "0004"\ndown_revision = ("0002", "0003")\n')
    assert versions.heads(tmp_path) == {"0004"}
