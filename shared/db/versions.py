"""Migration state of a database: is it the newest? Does not import Alembic: a start with nothing to do is quick."""

import ast
from pathlib import Path

import asyncpg

from shared.db.engine import CONNECT_TIMEOUT, raw_dsn


def heads(migrations: Path) -> frozenset[str]:
    """The newest revisions in `<migrations>/versions`: those that no other revision names as its predecessor."""
    revisions: set[str] = set()
    predecessors: set[str] = set()
    for path in sorted((migrations / "versions").glob("*.py")):
        for statement in ast.parse(path.read_text()).body:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else None
            target = statement.target if isinstance(statement, ast.AnnAssign) else target
            if not isinstance(statement, ast.Assign | ast.AnnAssign) or not isinstance(target, ast.Name):
                continue
            if target.id not in ("revision", "down_revision") or statement.value is None:
                continue
            value = ast.literal_eval(statement.value)
            names = {value} if isinstance(value, str) else set(value or ())
            (revisions if target.id == "revision" else predecessors).update(names)
    return frozenset(revisions - predecessors)


async def current(connection: asyncpg.Connection) -> frozenset[str]:
    """The revisions that a database is at; empty for one that was never migrated."""
    if await connection.fetchval("SELECT to_regclass('public.alembic_version')") is None:
        return frozenset()
    return frozenset(row["version_num"] for row in await connection.fetch("SELECT version_num FROM alembic_version"))


async def is_current(url: str, migrations: Path) -> bool:
    """Whether the database at `url` (`postgresql+asyncpg://…`) needs no migration."""
    connection = await asyncpg.connect(raw_dsn(url), timeout=CONNECT_TIMEOUT)
    try:
        return await current(connection) == heads(migrations)
    finally:
        await connection.close()
