"""Every query on ledgers, their versions and drafts."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.ledgers.definitions.domain import LedgerStatus
from shared.ledgers.definitions.models import LedgerDraft, LedgerRow, LedgerVersion


class LedgerRepository:
    """Definitions are few and the county's as a whole: no area applies."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: LedgerRow | LedgerVersion | LedgerDraft) -> None:
        self._session.add(row)

    async def ledger(self, code: str) -> LedgerRow | None:
        return await self._session.get(LedgerRow, code)

    async def version(self, code: str, number: int) -> LedgerVersion | None:
        """A published version, however old."""
        return await self._session.get(LedgerVersion, (code, number))

    async def versions(self, code: str) -> Sequence[LedgerVersion]:
        """All published versions, the first one first."""
        statement = select(LedgerVersion).where(LedgerVersion.code == code).order_by(LedgerVersion.number)
        return (await self._session.scalars(statement)).all()

    async def in_force(self, code: str, day: date) -> LedgerVersion | None:
        """The newest version that has opened by a day."""
        statement = (
            select(LedgerVersion)
            .where(LedgerVersion.code == code, LedgerVersion.opens_on <= day)
            .order_by(LedgerVersion.number.desc())
            .limit(1)
        )
        return (await self._session.scalars(statement)).one_or_none()

    async def open_for_records(self, day: date) -> Sequence[LedgerVersion]:
        """Of every ledger that is not retired the newest version that has opened by a day, by code."""
        statement = (
            select(LedgerVersion)
            .join(LedgerRow, LedgerRow.code == LedgerVersion.code)
            .where(LedgerRow.status == LedgerStatus.PUBLISHED, LedgerVersion.opens_on <= day)
            .distinct(LedgerVersion.code)
            .order_by(LedgerVersion.code, LedgerVersion.number.desc())
        )
        return (await self._session.scalars(statement)).all()

    async def opened_after(self, code: str, number: int, day: date) -> Sequence[LedgerVersion]:
        """The versions after one that have opened by a day, in their order."""
        statement = (
            select(LedgerVersion)
            .where(LedgerVersion.code == code, LedgerVersion.number > number, LedgerVersion.opens_on <= day)
            .order_by(LedgerVersion.number)
        )
        return (await self._session.scalars(statement)).all()

    async def page(self, *, after: str | None, limit: int) -> Sequence[LedgerRow]:
        """Ledgers by code."""
        statement = select(LedgerRow).order_by(LedgerRow.code).limit(limit)
        if after is not None:
            statement = statement.where(LedgerRow.code > after)
        return (await self._session.scalars(statement)).all()

    async def locked_after(self, after: str | None, limit: int) -> Sequence[LedgerRow]:
        """The same, their rows locked."""
        statement = select(LedgerRow).order_by(LedgerRow.code).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(LedgerRow.code > after)
        return (await self._session.scalars(statement)).all()

    async def draft(self, code: str) -> LedgerDraft | None:
        return await self._session.get(LedgerDraft, code)

    async def drafts(self, *, after: str | None, limit: int) -> Sequence[LedgerDraft]:
        """Drafts by code."""
        statement = select(LedgerDraft).order_by(LedgerDraft.code).limit(limit)
        if after is not None:
            statement = statement.where(LedgerDraft.code > after)
        return (await self._session.scalars(statement)).all()

    async def discard(self, seen: LedgerDraft) -> bool:
        """Whether the draft was still there as it was seen; it is no more."""
        statement = (
            delete(LedgerDraft)
            .where(LedgerDraft.code == seen.code, LedgerDraft.version == seen.version)
            .returning(LedgerDraft.code)
        )
        return (await self._session.scalars(statement)).one_or_none() is not None
