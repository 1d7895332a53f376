"""Queries that erase: what is sealed in records, their history and postings; and what a service did of an erasure."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.compare_and_set import compare_and_set
from shared.erasures.tables import ErasureTask
from shared.ledgers.accounts.models import LedgerAccount, LedgerEntry, LedgerPosting
from shared.ledgers.records.models import LedgerIndex, LedgerKey, LedgerRecord, LedgerRecordStep
from shared.ledgers.records.repository.subjects import change_subjects


class RecordErasingRepository:
    """What is sealed in records, without opening it. Versions stay: nothing that is shown openly changes."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def about(self, persons: Collection[UUID]) -> Sequence[UUID]:
        """The records about these persons, and those about such records, locked: at each step in the order of ids.

        Whoever opens one meanwhile is waited for; whoever comes later finds the person erased.
        """
        found: list[UUID] = []
        subjects: Collection[UUID] = persons
        while subjects:
            await change_subjects(self._session, [str(one) for one in subjects])
            of = LedgerRecord.subject_id.in_([str(one) for one in subjects])
            statement = select(LedgerRecord.id).where(of).order_by(LedgerRecord.id).with_for_update()
            subjects = [one for one in await self._session.scalars(statement) if one not in found]
            found += subjects
        return found

    async def erase_values(self, records: Collection[UUID]) -> int:
        """Nothing sealed stays in these records. How many held something."""
        parts = (LedgerRecord.masked, LedgerRecord.personal, LedgerRecord.restricted)
        statement = (
            update(LedgerRecord)
            .where(LedgerRecord.id.in_(records), or_(*(part.is_not(None) for part in parts)))
            .values({part.key: None for part in parts})
        )
        return len((await self._session.scalars(statement.returning(LedgerRecord.id))).all())

    async def erase_notes(self, records: Collection[UUID]) -> int:
        """Nothing stays of what was said at their steps, and at the postings on their accounts. How many of both."""
        steps = (
            update(LedgerRecordStep)
            .where(LedgerRecordStep.record_id.in_(records), LedgerRecordStep.note.is_not(None))
            .values(note=None)
            .returning(LedgerRecordStep.record_id)
        )
        theirs = (
            select(LedgerEntry.posting_id)
            .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
            .where(LedgerAccount.record_id.in_(records))
        )
        postings = (
            update(LedgerPosting)
            .where(LedgerPosting.id.in_(theirs), LedgerPosting.remark.is_not(None))
            .values(remark=None)
            .returning(LedgerPosting.id)
        )
        said = (await self._session.execute(steps)).all()
        remarked = (await self._session.execute(postings)).all()
        return len(said) + len(remarked)

    async def forget(self, records: Collection[UUID]) -> None:
        """By no digest is anything found of them, and what may stand once is free."""
        digests = LedgerIndex.record_id.in_(records), func.length(LedgerIndex.digest) > 0
        await self._session.execute(delete(LedgerIndex).where(*digests))
        await self._session.execute(delete(LedgerKey).where(LedgerKey.record_id.in_(records)))


class ErasureTaskRepository:
    """Erasures as far as this service has carried them out."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def taken(self, id: UUID, persons: Sequence[UUID], now: datetime) -> ErasureTask:
        """The one of this id, locked; begun if it is new."""
        new = insert(ErasureTask).values(id=id, version=0, persons=list(persons), asked_at=now, counts={})
        await self._session.execute(new.on_conflict_do_nothing())
        found = await self._session.scalars(_locked(select(ErasureTask).where(ErasureTask.id == id)))
        return found.one()

    async def waiting(self, after: UUID | None, limit: int) -> Sequence[ErasureTask]:
        """The next that are not done, in the order of ids, locked."""
        statement = select(ErasureTask).where(ErasureTask.done_at.is_(None)).order_by(ErasureTask.id).limit(limit)
        if after is not None:
            statement = statement.where(ErasureTask.id > after)
        return (await self._session.scalars(_locked(statement))).all()

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[ErasureTask]:
        """The next that were answered, in the order of ids, locked."""
        statement = select(ErasureTask).where(ErasureTask.version > 0).order_by(ErasureTask.id).limit(limit)
        if after is not None:
            statement = statement.where(ErasureTask.id > after)
        return (await self._session.scalars(_locked(statement))).all()

    async def answer(self, seen: ErasureTask, **changes: Any) -> ErasureTask:
        """The next version of a task that is locked."""
        answered = await compare_and_set(self._session, seen, **changes)
        assert answered is not None, "the row is locked"
        return answered


def _locked(statement: Select[tuple[ErasureTask]]) -> Select[tuple[ErasureTask]]:
    return statement.with_for_update().execution_options(populate_existing=True)
