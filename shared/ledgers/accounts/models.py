"""Tables of accounts, their postings, their days and the months that were closed. Their DDL is in `schema`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import AreaText, KitBase, append_only
from shared.db.sealing import sealed


class LedgerAccount(KitBase):
    """An account: the one of its kind that a record or an area has in a ledger.

    `area`: where it is kept, that of the record when the account was opened. `balance` is the present one, in the
    ledger's unit; `version` counts its postings. `first_on`, `last_on`: the days between which it was posted to.
    """

    __tablename__ = "ledger_accounts"
    __table_args__: Any = (
        CheckConstraint("version >= 1", name="version"),
        Index("ix_ledger_accounts_ledger", "ledger", "area", "kind", "id"),
        Index("ix_ledger_accounts_record", "record_id", postgresql_where=text("record_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    ledger: Mapped[str]
    kind: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    record_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_records.id"))  # None: the area's own
    balance: Mapped[int] = mapped_column(BigInteger)
    first_on: Mapped[date]
    last_on: Mapped[date]


class LedgerAccountDay(KitBase):
    """What an account grew and shrank by on a day: the sum of that day's postings."""

    __tablename__ = "ledger_account_days"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    grown: Mapped[int] = mapped_column(BigInteger)
    shrunk: Mapped[int] = mapped_column(BigInteger)


class LedgerPosting(KitBase):
    """A posting: never changed, and reversed once at most by another that names it in `reverses`.

    `crosses`: its accounts are kept in more than one area. `remark` is sealed. `restricted_topic`: on which it travels.
    """

    __tablename__ = "ledger_postings"
    __table_args__: Any = (
        Index("ix_ledger_postings_ledger", "ledger", "id"),
        Index("ix_ledger_postings_crosses", "ledger", "id", postgresql_where=text("crosses")),
        Index("uq_ledger_postings_reverses", "reverses", unique=True, postgresql_where=text("reverses IS NOT NULL")),
        append_only(),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ledger: Mapped[str]
    ledger_version: Mapped[int]
    kind: Mapped[str]
    day: Mapped[date]
    reverses: Mapped[UUID | None]
    crosses: Mapped[bool]
    restricted_topic: Mapped[bool]
    remark: Mapped[bytes | None] = sealed("ledger_posting.remark")
    posted_by: Mapped[str]  # a subject of the issuer
    posted_at: Mapped[datetime]


class LedgerEntry(KitBase):
    """One side of a posting: what the account grew by, negative if it shrank."""

    __tablename__ = "ledger_entries"
    __table_args__: Any = (Index("ix_ledger_entries_account", "account_id", "day", "posting_id"), append_only())

    posting_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_postings.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id"))
    day: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)


class LedgerClosing(KitBase):
    """A month that was closed for the accounts kept in an area, and perhaps reopened. Reasons are sealed."""

    __tablename__ = "ledger_closings"
    __table_args__: Any = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(reopened_at IS NULL) = (reopened_by IS NULL)", name="reopened"),
        Index("ix_ledger_closings_ledger", "ledger", "id"),
        Index(
            "uq_ledger_closings_month",
            "ledger",
            "area",
            "month",
            unique=True,
            postgresql_where=text("reopened_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    ledger: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    month: Mapped[str]
    closed_by: Mapped[str]
    closed_at: Mapped[datetime]
    reopened_by: Mapped[str | None]
    reopened_at: Mapped[datetime | None]
    reason: Mapped[bytes | None] = sealed("ledger_closing.reason")


class LedgerCarried(KitBase):
    """The balance with which an account went out of a month, as it was frozen when the month was closed."""

    __tablename__ = "ledger_carried"
    __table_args__: Any = (append_only(),)

    closing_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_closings.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_accounts.id"), primary_key=True)
    balance: Mapped[int] = mapped_column(BigInteger)


POSTINGS, ENTRIES = KitBase.metadata.tables["ledger_postings"], KitBase.metadata.tables["ledger_entries"]
