"""Whether a database was ever migrated: what a process waits for before it works."""

from sqlalchemy import text

from shared.db.engine import GONE, Database
from shared.diagnostics import Diagnosis
from shared.errors import DomainError

NOT_MIGRATED = Diagnosis("XIANGLI_DATABASE_URL", "the database was never migrated, or its role may not see the tables")


async def is_migrated(database: Database) -> bool:
    """Whether the database answers and was ever migrated."""
    try:
        async with database.session() as session:
            return await session.scalar(text("SELECT to_regclass('public.projected_states') IS NOT NULL")) is True
    except (*GONE, DomainError):
        return False
