"""Statistics of tables that were filled in one go: without them the planner takes them for what they were before."""

from collections.abc import Sequence

from sqlalchemy import Table, text

from shared.db.engine import GONE, Database, DatabaseBusy
from shared.db.provision import quoted
from shared.observability.logging import get_logger

log = get_logger(__name__)

FILLED_AT_ONCE = "filled_at_once"
"""In a table's `info`: the running service may have it analysed (MAINTAIN, from PostgreSQL 17 on).

On PostgreSQL 16 the server passes over what is not one's own, and autovacuum does it some minutes later.
"""


async def analyze(database: Database, tables: Sequence[Table]) -> None:
    """Have these tables analysed, outside of any transaction of the caller. Never raises: autovacuum comes as well."""
    names = ", ".join(quoted(table.name) for table in tables)
    try:
        async with database.session() as session:
            await session.execute(text(f"ANALYZE {names}"))
            await session.commit()
    except (*GONE, DatabaseBusy):
        log.warning("analyze_failed", tables=[table.name for table in tables], exc_info=True)
