"""Queries that read accounts: lists and totals over one set of rows, statements out of one snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from shared.auth.scope import inside
from shared.ledgers.accounts.domain import AccountFilter
from shared.ledgers.accounts.models import LedgerAccount, LedgerAccountDay, LedgerEntry, LedgerPosting
from shared.ledgers.records.models import LedgerRecord

AccountKey = tuple[str, str, UUID]
"""Area, kind and id: the order of lists."""


@dataclass(frozen=True)
class HeldAccount:
    """An account with its balance on a day, and the record that holds it, if it is not an area's."""

    account: LedgerAccount
    balance: int
    record: LedgerRecord | None

    @property
    def place(self) -> tuple[str, str | None]:
        """Area and department by which it is asked for: those of the record, or the area's own."""
        if self.record is None:
            return self.account.area, None
        return self.record.area, self.record.department


@dataclass(frozen=True)
class KindTotal:
    """How many accounts of a kind there are, and what they hold together."""

    kind: str
    accounts: int
    balance: int


@dataclass(frozen=True)
class StatementLine:
    """One posting on an account: what the account grew by, its balance after it, and whether it has a remark."""

    posting_id: UUID
    kind: str
    day: date
    amount: int
    balance: int
    reverses: UUID | None
    posted_at: datetime
    remarked: bool


@dataclass(frozen=True)
class Statement:
    """An account from one day to another: opening + grown − shrunk = closing."""

    opening: int
    grown: int
    shrunk: int
    closing: int
    lines: Sequence[StatementLine]


def balance_on(on: date | None) -> Any:
    """The balance at the end of a day: the present one without what was posted for later days."""
    if on is None:
        return LedgerAccount.balance
    later = (
        select(func.coalesce(func.sum(LedgerAccountDay.grown - LedgerAccountDay.shrunk), 0))
        .where(LedgerAccountDay.account_id == LedgerAccount.id, LedgerAccountDay.day > on)
        .correlate(LedgerAccount)
        .scalar_subquery()
    )
    return LedgerAccount.balance - later


class AccountRepository:
    """Accounts as they are read."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def one(self, ledger: str, id: UUID, on: date | None) -> HeldAccount | None:
        """An account of a ledger. The caller asks the scope."""
        rows = await self._session.execute(
            _held(balance_on(on)).where(LedgerAccount.ledger == ledger, LedgerAccount.id == id)
        )
        row = rows.one_or_none()
        return None if row is None else HeldAccount(row[0], int(row[1]), row[2])

    async def page(
        self,
        ledger: str,
        scope: ColumnElement[bool],
        wanted: AccountFilter,
        *,
        after: AccountKey | None,
        limit: int,
    ) -> Sequence[HeldAccount]:
        """Accounts by area, kind and id."""
        statement = _listed(_held(balance_on(wanted.on)), ledger, scope, wanted)
        key = tuple_(LedgerAccount.area, LedgerAccount.kind, LedgerAccount.id)
        if after is not None:
            statement = statement.where(key > after)
        ordered = statement.order_by(LedgerAccount.area, LedgerAccount.kind, LedgerAccount.id).limit(limit)
        return [HeldAccount(account, int(balance), record) for account, balance, record in await self._rows(ordered)]

    async def totals(self, ledger: str, scope: ColumnElement[bool], wanted: AccountFilter) -> Sequence[KindTotal]:
        """What a complete list with the same filter would add up to, by kind."""
        statement = select(LedgerAccount.kind, func.count(), func.sum(balance_on(wanted.on))).select_from(LedgerAccount)
        statement = statement.outerjoin(LedgerRecord, LedgerRecord.id == LedgerAccount.record_id)
        grouped = _listed(statement, ledger, scope, wanted).group_by(LedgerAccount.kind).order_by(LedgerAccount.kind)
        return [KindTotal(kind, count, int(balance)) for kind, count, balance in await self._rows(grouped)]

    async def trial(self, ledger: str, areas: Sequence[str], on: date | None) -> tuple[Sequence[KindTotal], int]:
        """Totals by kind of the accounts kept in some areas, and what postings moved between them and the rest.

        The second is the sum of the other accounts' sides of the postings that have a side here. One statement: one
        state of the books.
        """
        here = _within(LedgerAccount.area, areas)
        kinds = (
            select(LedgerAccount.kind.label("kind"), func.count().label("count"), func.sum(balance_on(on)).label("sum"))
            .where(LedgerAccount.ledger == ledger, here)
            .group_by(LedgerAccount.kind)
        )
        entry, account, inner, within = (
            *(aliased(LedgerEntry), aliased(LedgerAccount)),
            *(aliased(LedgerEntry), aliased(LedgerAccount)),
        )
        touches = (
            select(literal(1))
            .select_from(inner)
            .join(within, within.id == inner.account_id)
            .where(inner.posting_id == LedgerPosting.id, _within(within.area, areas))
            .exists()
        )
        across = (
            select(literal(None).label("kind"), func.count(), func.coalesce(func.sum(entry.amount), 0))
            .select_from(LedgerPosting)
            .join(entry, entry.posting_id == LedgerPosting.id)
            .join(account, account.id == entry.account_id)
            .where(LedgerPosting.ledger == ledger, LedgerPosting.crosses, ~_within(account.area, areas), touches)
            .where(true() if on is None else LedgerPosting.day <= on)
        )
        rows = await self._rows(union_all(kinds, across))
        totals = sorted(
            (KindTotal(row[0], row[1], int(row[2])) for row in rows if row[0] is not None), key=lambda t: t.kind
        )
        return totals, next(int(row[2]) for row in rows if row[0] is None)

    async def statement(
        self, account_id: UUID, since: date, until: date, *, after: tuple[date, UUID] | None, limit: int
    ) -> Statement:
        """An account from `since` to `until`, its postings by day and id. One statement: one state of the books."""
        net = LedgerAccountDay.grown - LedgerAccountDay.shrunk

        def total(what: Any, *of: ColumnElement[bool]) -> Any:
            own = LedgerAccountDay.account_id == account_id
            return select(func.coalesce(func.sum(what), 0)).where(own, *of).scalar_subquery()

        day = LedgerAccountDay.day
        between = and_(day >= since, day <= until)
        brought = total(net, day < since)
        if after is not None:  # all days before, and of the cursor's day what stands up to it
            shown = and_(LedgerEntry.day == after[0], LedgerEntry.posting_id <= after[1])
            of_day = select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(
                LedgerEntry.account_id == account_id, shown
            )
            brought = total(net, day < after[0]) + of_day.scalar_subquery()
        sums = select(
            total(net, day < since).label("opening"),
            total(LedgerAccountDay.grown, between).label("grown"),
            total(LedgerAccountDay.shrunk, between).label("shrunk"),
            total(net, day <= until).label("closing"),
            brought.label("brought"),
        ).subquery()
        running = func.sum(LedgerEntry.amount).over(order_by=(LedgerEntry.day, LedgerEntry.posting_id))
        chosen = (
            select(
                LedgerEntry.posting_id.label("posting_id"),
                LedgerPosting.kind.label("kind"),
                LedgerEntry.day.label("day"),
                LedgerEntry.amount.label("amount"),
                LedgerPosting.reverses.label("reverses"),
                LedgerPosting.posted_at.label("posted_at"),
                LedgerPosting.remark.is_not(None).label("remarked"),
                running.label("running"),
            )
            .join(LedgerPosting, LedgerPosting.id == LedgerEntry.posting_id)
            .where(LedgerEntry.account_id == account_id, LedgerEntry.day >= since, LedgerEntry.day <= until)
            .order_by(LedgerEntry.day, LedgerEntry.posting_id)
            .limit(limit)
        )
        if after is not None:
            chosen = chosen.where(tuple_(LedgerEntry.day, LedgerEntry.posting_id) > after)
        lines = chosen.subquery()
        rows = await self._rows(select(sums, lines).outerjoin(lines, true()).order_by(lines.c.day, lines.c.posting_id))
        first = rows[0]
        return Statement(
            opening=int(first.opening),
            grown=int(first.grown),
            shrunk=int(first.shrunk),
            closing=int(first.closing),
            lines=[
                StatementLine(
                    posting_id=row.posting_id,
                    kind=row.kind,
                    day=row.day,
                    amount=row.amount,
                    balance=int(row.brought) + int(row.running),
                    reverses=row.reverses,
                    posted_at=row.posted_at,
                    remarked=row.remarked,
                )
                for row in rows
                if row.posting_id is not None
            ],
        )

    async def _rows(self, statement: Any) -> Sequence[Any]:
        return (await self._session.execute(statement)).all()


def _within(column: Any, areas: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(inside(column, area) for area in areas))


def _held(balance: Any) -> Select[Any]:
    return select(LedgerAccount, balance, LedgerRecord).outerjoin(
        LedgerRecord, LedgerRecord.id == LedgerAccount.record_id
    )


def _listed(statement: Select[Any], ledger: str, scope: ColumnElement[bool], wanted: AccountFilter) -> Select[Any]:
    """The one set of rows of list and totals."""
    statement = statement.where(LedgerAccount.ledger == ledger, scope)
    if wanted.kind is not None:
        statement = statement.where(LedgerAccount.kind == wanted.kind)
    if wanted.record_id is not None:
        statement = statement.where(LedgerAccount.record_id == wanted.record_id)
    if wanted.on is not None:
        statement = statement.where(LedgerAccount.first_on <= wanted.on)
    return statement
