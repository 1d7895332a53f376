"""Queries that post: accounts are opened, locked and moved in one statement, in the order of their ids."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import rows_of
from shared.ledgers.accounts.domain import Movement
from shared.ledgers.accounts.models import (
    ENTRIES,
    POSTINGS,
    LedgerAccount,
    LedgerAccountDay,
    LedgerClosing,
    LedgerEntry,
    LedgerPosting,
)
from shared.ledgers.records.models import LedgerRecord

_POST = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('ledger accounts:' || :ledger, 0))")
_CLOSE = text("SELECT pg_advisory_xact_lock(hashtextextended('ledger accounts:' || :ledger, 0))")


@dataclass(frozen=True)
class Moved:
    """An account after a movement. `back_dated`: something was posted to it for a later day."""

    id: UUID
    version: int
    balance: int
    back_dated: bool


class PostingRepository:
    """Postings with their sides, and the accounts that they move.

    Locks are taken in one order: the ledger's months (`hold_months`), records by id, accounts by id.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hold_months(self, ledger: str) -> None:
        """Keep the months of a ledger as they are until the transaction ends. Before any row is locked."""
        await self._session.execute(_POST, {"ledger": ledger})

    async def change_months(self, ledger: str) -> None:
        """Wait for all who post into a ledger, and keep others from it until the transaction ends."""
        await self._session.execute(_CLOSE, {"ledger": ledger})

    async def closed_in(self, ledger: str, areas: Collection[str], month: str) -> Collection[str]:
        """Which of these areas have closed a month or a later one."""
        statement = select(LedgerClosing.area).where(
            LedgerClosing.ledger == ledger,
            LedgerClosing.area.in_(areas),
            LedgerClosing.month >= month,
            LedgerClosing.reopened_at.is_(None),
        )
        return set(await self._session.scalars(statement))

    async def records(self, ledger: str, ids: Collection[UUID], *, hold: bool = False) -> Mapping[UUID, LedgerRecord]:
        """Records that hold accounts; `hold`: kept as they are until the transaction ends."""
        if not ids:
            return {}
        statement = select(LedgerRecord).where(LedgerRecord.id.in_(ids), LedgerRecord.ledger == ledger)
        if hold:
            statement = statement.order_by(LedgerRecord.id).with_for_update(read=True)
        found = await self._session.scalars(statement, execution_options={"populate_existing": True})
        return {one.id: one for one in found}

    async def kept_in(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Those of these accounts that are open, with the area in which each is kept."""
        statement = select(LedgerAccount.id, LedgerAccount.area).where(LedgerAccount.id.in_(ids))
        return {one: area for one, area in await self._session.execute(statement)}  # noqa: C416  (mypy knows no rows)

    async def move(self, ledger: str, day: date, movements: Sequence[Movement]) -> Mapping[UUID, Moved]:
        """Open the accounts that are not, move the balance of each, and answer them as they are now, locked.

        One statement in the order of the ids: it opens and locks in the same order, so that no two wait for each other.
        """
        ordered = sorted(movements, key=lambda one: one.account_id)
        new = insert(LedgerAccount).values(
            [
                {
                    "id": one.account_id,
                    "version": 1,
                    "ledger": ledger,
                    "kind": one.kind,
                    "area": one.area,
                    "record_id": one.record_id,
                    "balance": one.amount,
                    "first_on": day,
                    "last_on": day,
                }
                for one in ordered
            ]
        )
        moved = new.on_conflict_do_update(
            index_elements=[LedgerAccount.id],
            set_={
                "version": LedgerAccount.version + 1,
                "balance": LedgerAccount.balance + new.excluded.balance,
                "first_on": func.least(LedgerAccount.first_on, new.excluded.first_on),
                "last_on": func.greatest(LedgerAccount.last_on, new.excluded.last_on),
            },
        ).returning(LedgerAccount.id, LedgerAccount.version, LedgerAccount.balance, LedgerAccount.last_on)
        rows = (await self._session.execute(moved)).all()
        days = insert(LedgerAccountDay).values(
            [
                {
                    "account_id": one.account_id,
                    "day": day,
                    "grown": max(one.amount, 0),
                    "shrunk": max(-one.amount, 0),
                }
                for one in ordered
            ]
        )
        await self._session.execute(
            days.on_conflict_do_update(
                index_elements=[LedgerAccountDay.account_id, LedgerAccountDay.day],
                set_={
                    "grown": LedgerAccountDay.grown + days.excluded.grown,
                    "shrunk": LedgerAccountDay.shrunk + days.excluded.shrunk,
                },
            )
        )
        return {row.id: Moved(row.id, row.version, row.balance, row.last_on > day) for row in rows}

    async def below_zero(self, ids: Collection[UUID], since: date) -> Mapping[UUID, tuple[date, int]]:
        """Accounts of these whose balance is below zero on a day from `since` on: the first such day, and how much."""
        after = func.sum(LedgerAccountDay.grown - LedgerAccountDay.shrunk).over(
            partition_by=LedgerAccountDay.account_id, order_by=LedgerAccountDay.day.desc(), rows=(None, -1)
        )
        running = (
            select(
                LedgerAccountDay.account_id.label("id"),
                LedgerAccountDay.day.label("day"),
                (LedgerAccount.balance - func.coalesce(after, 0)).label("balance"),
            )
            .join(LedgerAccount, LedgerAccount.id == LedgerAccountDay.account_id)
            .where(LedgerAccountDay.account_id.in_(ids), LedgerAccountDay.day >= since)
            .subquery()
        )
        statement = select(running).where(running.c.balance < 0).order_by(running.c.id, running.c.day.desc())
        return {row.id: (row.day, int(row.balance)) for row in await self._session.execute(statement)}

    def add(self, posting: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> None:
        """A posting with its sides: inserted with the transaction's last statement."""
        rows = rows_of(self._session)
        rows.add(POSTINGS, [posting])
        rows.add(ENTRIES, entries)

    async def posting(self, ledger: str, id: UUID) -> LedgerPosting | None:
        """A posting of a ledger. The caller asks the scope."""
        statement = select(LedgerPosting).where(LedgerPosting.id == id, LedgerPosting.ledger == ledger)
        return (await self._session.scalars(statement)).one_or_none()

    async def sides(self, posting_ids: Collection[UUID]) -> Sequence[tuple[LedgerEntry, LedgerAccount]]:
        """The sides of postings with their accounts, in the order of the postings and of their kinds."""
        statement = (
            select(LedgerEntry, LedgerAccount)
            .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
            .where(LedgerEntry.posting_id.in_(posting_ids))
            .order_by(LedgerEntry.posting_id, LedgerEntry.position)
        )
        return [(entry, account) for entry, account in await self._session.execute(statement)]

    async def reversal_of(self, posting_id: UUID) -> UUID | None:
        """The posting by which one was reversed."""
        statement = select(LedgerPosting.id).where(LedgerPosting.reverses == posting_id)
        return (await self._session.scalars(statement)).one_or_none()

    async def is_reversed(self, posting_id: UUID) -> bool:
        """Whether one was reversed by now."""
        return bool(await self._session.scalar(select(exists().where(LedgerPosting.reverses == posting_id))))

    async def after(self, after: UUID | None, limit: int, *, restricted: bool) -> Sequence[LedgerPosting]:
        """The next postings of one topic in the order of their ids. They never change: nothing is locked."""
        statement = select(LedgerPosting).where(LedgerPosting.restricted_topic.is_(restricted))
        if after is not None:
            statement = statement.where(LedgerPosting.id > after)
        return (await self._session.scalars(statement.order_by(LedgerPosting.id).limit(limit))).all()
