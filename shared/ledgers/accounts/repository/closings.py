"""Queries about closed months."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.scope import inside
from shared.ledgers.accounts.models import LedgerAccount, LedgerCarried, LedgerClosing
from shared.ledgers.accounts.repository.accounts import KindTotal, balance_on


class ClosingRepository:
    """Months that were closed, with the balances that were frozen."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, closing: LedgerClosing, until: date) -> None:
        """Close a month, and freeze the balance of every account that is kept in its area and was open by then."""
        self._session.add(closing)
        await self._session.flush()
        kept = select(literal(closing.id), LedgerAccount.id, balance_on(until)).where(
            LedgerAccount.ledger == closing.ledger,
            inside(LedgerAccount.area, closing.area),
            LedgerAccount.first_on <= until,
        )
        await self._session.execute(insert(LedgerCarried).from_select(["closing_id", "account_id", "balance"], kept))

    async def last_closed(self, ledger: str, area: str) -> str | None:
        """The last month that is closed for exactly this area."""
        statement = select(func.max(LedgerClosing.month)).where(
            LedgerClosing.ledger == ledger, LedgerClosing.area == area, LedgerClosing.reopened_at.is_(None)
        )
        return (await self._session.scalars(statement)).one()

    async def one(self, ledger: str, id: UUID) -> LedgerClosing | None:
        """A closing of a ledger. The caller asks the scope."""
        statement = select(LedgerClosing).where(LedgerClosing.id == id, LedgerClosing.ledger == ledger)
        return (await self._session.scalars(statement)).one_or_none()

    async def page(
        self, ledger: str, scope: ColumnElement[bool], *, after: UUID | None, limit: int
    ) -> Sequence[LedgerClosing]:
        """Closings, newest first; reopened ones among them."""
        statement = select(LedgerClosing).where(LedgerClosing.ledger == ledger, scope)
        if after is not None:
            statement = statement.where(LedgerClosing.id < after)
        return (await self._session.scalars(statement.order_by(LedgerClosing.id.desc()).limit(limit))).all()

    async def carried(self, closing_id: UUID) -> Sequence[KindTotal]:
        """What was frozen, by kind."""
        statement = (
            select(LedgerAccount.kind, func.count(), func.sum(LedgerCarried.balance))
            .join(LedgerAccount, LedgerAccount.id == LedgerCarried.account_id)
            .where(LedgerCarried.closing_id == closing_id)
            .group_by(LedgerAccount.kind)
            .order_by(LedgerAccount.kind)
        )
        return [KindTotal(kind, count, int(sum_)) for kind, count, sum_ in await self._session.execute(statement)]
