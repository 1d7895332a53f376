"""Every query about submissions."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import rows_of
from shared.ledgers.forms.openrosa.models import SUBMISSION, LedgerSubmission, LedgerWaitingFile


class SubmissionRepository:
    """Submissions by the id of their instance."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def held(self, instance_id: UUID) -> LedgerSubmission | None:
        """What is known of an instance; until the transaction ends nobody else takes the same one."""
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended('instance:' || :instance, 0))")
        await self._session.execute(statement, {"instance": str(instance_id)})
        return await self._session.get(LedgerSubmission, instance_id)

    async def waiting(self, instance_id: UUID, subject: str, digests: Collection[bytes]) -> Mapping[bytes, UUID]:
        """The files that somebody sent before the rest of an instance with this content, by their names' digests."""
        statement = select(LedgerWaitingFile.name, LedgerWaitingFile.file_id).where(
            LedgerWaitingFile.instance_id == instance_id,
            LedgerWaitingFile.subject == subject,
            LedgerWaitingFile.digest.in_(digests),
        )
        return {row.name: row.file_id for row in await self._session.execute(statement)}

    def wait(self, row: Mapping[str, Any]) -> None:
        """A file waits for the rest of its instance."""
        self._session.add(LedgerWaitingFile(**row))

    async def wait_no_more(self, instance_id: UUID) -> None:
        """Nothing waits for an instance that has become a record."""
        await self._session.execute(delete(LedgerWaitingFile).where(LedgerWaitingFile.instance_id == instance_id))

    def add(self, row: dict[str, Any]) -> None:
        rows_of(self._session).add(SUBMISSION, [row])


async def arrived(session: AsyncSession, instance_id: UUID) -> bool:
    """Whether an instance is a record already, as far as is committed."""
    return await session.get(LedgerSubmission, instance_id) is not None
