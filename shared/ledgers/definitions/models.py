"""Tables of definitions: ledgers, their published versions, their drafts. Their DDL is in `schema`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase, append_only
from shared.db.sealing import unkeyed


class LedgerRow(KitBase):
    """A published ledger; its content stands in its versions. `version` counts what was announced of it."""

    __tablename__ = "ledgers"
    __table_args__: Any = (
        CheckConstraint("status IN ('published', 'retired')", name="status"),
        CheckConstraint("(status = 'retired') = (retired_on IS NOT NULL)", name="retired"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]
    published_version: Mapped[int]
    retired_on: Mapped[date | None]


class LedgerVersion(KitBase):
    """A published version: immutable. `digest` is of its canonical JSON; `additive`: it only adds to the one before."""

    __tablename__ = "ledger_versions"
    __table_args__: Any = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("drafted_by <> published_by", name="two_people"),
        append_only(),
    )

    code: Mapped[str] = mapped_column(ForeignKey("ledgers.code"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    definition: Mapped[dict[str, Any]]
    digest: Mapped[bytes] = unkeyed("SHA-256 of a definition")
    additive: Mapped[bool]
    mapping: Mapped[dict[str, Any] | None]
    opens_on: Mapped[date]
    drafted_by: Mapped[str]  # a subject of the issuer
    published_by: Mapped[str]
    published_at: Mapped[datetime]


class LedgerDraft(KitBase):
    """What is to become the next version. `drafters` are all who had a hand in it: none of them may publish it."""

    __tablename__ = "ledger_drafts"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    definition: Mapped[dict[str, Any]]
    mapping: Mapped[dict[str, Any] | None]
    opens_on: Mapped[date | None]  # None: the day on which it is published
    drafted_by: Mapped[str]
    drafters: Mapped[list[Any]]
    drafted_at: Mapped[datetime]
