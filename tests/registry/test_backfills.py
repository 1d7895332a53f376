"""Migrations that change rows, over rows as they were before them."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.registry.features import SPEC
from shared.db.engine import raw_dsn
from shared.migration.migrate import migrate
from shared.testing.migrations import EmptyDatabase, provision_empty
from tests.registry.builders import FAR, SISTER, VILLAGE

day = date.fromisoformat
PLAIN = {"uuid": "gen_random_uuid()", "bytea": "''", "jsonb": "'[]'", "date": "'2026-01-01'", "text": "''"}
OTHERS = {"timestamp with time zone": "now()", "boolean": "false", "ARRAY": "'{}'"}
"""What stands in a column of which a test says nothing, by its type; numbers are 1."""


@pytest.fixture
async def before_0038(postgres: str, worker_id: str) -> EmptyDatabase:
    """The schema as it was when people could lose their last place."""
    empty = await provision_empty(SPEC, postgres, f"before_0038_{worker_id}")
    await migrate(SPEC, empty.owner_url, service_role=None, to="0031")
    return empty


async def insert(connection: Any, table: str, **told: Any) -> None:
    """A row; of columns of which nothing is told, something plain."""
    needed = await connection.fetch(
        "SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1"
        " AND is_nullable = 'NO' AND column_default IS NULL AND column_name <> ALL($2)",
        table,
        list(told),
    )
    plain = {row["name"]: (PLAIN | OTHERS).get(row["type"], "1") for row in needed}
    places = {name: f"${number}" for number, name in enumerate(told, 1)} | plain
    columns, values = ", ".join(places), ", ".join(places.values())
    await connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({values})", *told.values())


async def test_who_has_lost_the_last_place_of_the_county_gets_it_back(before_0038: EmptyDatabase) -> None:
    """By either book, the last one of several; whoever has a place keeps it, and the day on which it ended."""
    connection = await asyncpg.connect(raw_dsn(before_0038.owner_url))
    lives, registered, both, held = [uuid4() for _ in range(4)]
    elsewhere = {"registration_area": "450400", "registration_until": None}
    places: dict[UUID, dict[str, Any]] = {
        lives: elsewhere,
        registered: elsewhere,
        both: {},
        held: {"residence_area": VILLAGE, "residence_until": day("2026-01-09")},
    }
    events = [
        (lives, 1, "2026-01-02", SISTER, None),
        (lives, 2, "2026-01-05", VILLAGE, None),
        (lives, 3, "2026-02-01", None, "450400"),
        (registered, 1, "2026-01-02", None, FAR),
        (registered, 2, "2026-01-08", None, "450400"),
        (both, 1, "2026-01-03", VILLAGE, FAR),
        (held, 1, "2026-01-03", SISTER, FAR),
    ]
    try:
        await connection.execute("ALTER TABLE persons DROP CONSTRAINT ck_persons_belongs")
        for person, place in places.items():
            await insert(connection, "persons", id=person, status="moved_out", sex="1", **place)
        for person, number, on, residence, registration in events:
            told = {"kind": "move_in", "number": number} | dict.fromkeys(("occurred_on", "reported_on"), day(on))
            areas = {"residence_area": residence, "registration_area": registration}
            await insert(connection, "life_events", person_id=person, **told, **areas)
        await migrate(SPEC, before_0038.owner_url, service_role=None, to="0038")
        rows = await connection.fetch(
            "SELECT id, residence_area, residence_until, registration_area, registration_until FROM persons"
        )
        await connection.execute("ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_held")
    finally:
        await connection.close()
    assert {row["id"]: tuple(row)[1:] for row in rows} == {
        lives: (VILLAGE, day("2026-02-01"), "450400", None),
        registered: (None, None, FAR, day("2026-01-08")),
        both: (VILLAGE, day("2026-01-03"), FAR, day("2026-01-03")),
        held: (VILLAGE, day("2026-01-09"), None, None),
    }
