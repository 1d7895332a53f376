"""Every query about submissions."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import rows_of
from shared.ledgers.forms.openrosa.models import SUBMISSION, LedgerSubmission


class SubmissionRepository:
    """Submissions by the id of their instance."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def held(self, instance_id: UUID) -> LedgerSubmission | None:
        """What is known of an instance; until the transaction ends nobody else takes the same one."""
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended('instance:' || :instance, 0))")
        await self._session.execute(statement, {"instance": str(instance_id)})
        return await self._session.get(LedgerSubmission, instance_id)

    def add(self, row: dict[str, Any]) -> None:
        rows_of(self._session).add(SUBMISSION, [row])


async def arrived(session: AsyncSession, instance_id: UUID) -> bool:
    """Whether an instance is a record already, as far as is committed."""
    return await session.get(LedgerSubmission, instance_id) is not None
