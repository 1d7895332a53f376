"""Items, their published versions, and drafts that wait for a second person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from services.services_hall.base import Base
from services.services_hall.items.domain.codes import ItemStatus
from shared.db.base import append_only


def _listed() -> MappedColumn[list[Any]]:
    return mapped_column(JSONB, server_default=text("'[]'"))


class Item(Base):
    """What the hall offers. Its content stands in its versions; `published_version` is the newest.

    `words`, `pinyin`: by what the newest version is found, empty before the first. `drafted`: how often a draft of it
    was saved; a draft's version is that number, so that no two of them have the same.
    """

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("status IN ('draft', 'published', 'retired')", name="status"),
        CheckConstraint("(status = 'draft') = (published_version IS NULL)", name="published_has_version"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    code: Mapped[str]
    department: Mapped[str]
    category: Mapped[str]
    target: Mapped[str]
    status: Mapped[str]
    published_version: Mapped[int | None]
    drafted: Mapped[int] = mapped_column(server_default="0")
    words: Mapped[str] = mapped_column(server_default="")
    pinyin: Mapped[str] = mapped_column(server_default="")


class ItemVersion(Base):
    """A published version: immutable; a case pins one.

    `areas`: where it is offered; empty: in the whole county. `duty`: its place in the town's list of duties. `form`:
    what the applicant fills in; null: nothing. `drafted_by`: null in rows from before drafts.
    """

    __tablename__ = "item_versions"
    __table_args__ = append_only()

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    handling_mode: Mapped[str]
    statutory_days: Mapped[int]
    promised_days: Mapped[int]
    levels: Mapped[list[Any]]
    conditions: Mapped[list[Any]]
    materials: Mapped[list[Any]]
    steps: Mapped[list[Any]] = _listed()
    effect: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    fee_fen: Mapped[int]
    complaint_phone: Mapped[str | None]
    window: Mapped[str | None]
    duty: Mapped[str | None]
    fee_basis: Mapped[str | None]
    basis: Mapped[list[Any]] = _listed()
    keywords: Mapped[list[Any]] = _listed()
    areas: Mapped[list[Any]] = _listed()
    places: Mapped[list[Any]] = _listed()
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    form: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    drafted_by: Mapped[str | None]
    published_at: Mapped[datetime]
    published_by: Mapped[str]


class ItemDraft(Base):
    """What one person drafted for another to decide: the next version (`content`), or that it is retired (`reason`).

    `drafters`: all who had a hand in it; none of them decides.
    """

    __tablename__ = "item_drafts"
    __table_args__ = (
        CheckConstraint("kind IN ('version', 'retirement')", name="kind"),
        CheckConstraint("(kind = 'version') = (content IS NOT NULL)", name="content"),
        CheckConstraint("(kind = 'retirement') = (reason IS NOT NULL)", name="reason"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    version: Mapped[int]
    kind: Mapped[str]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    reason: Mapped[str | None]
    drafters: Mapped[list[Any]] = _listed()
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]


@dataclass(frozen=True)
class CatalogueItem:
    """An item with its newest published version, None before the first."""

    item: Item
    version: ItemVersion | None

    def accepts_at(self, area: str) -> bool:
        """Whether a counter of the area accepts cases of it now: it is offered, at this level and there."""
        version = self.version
        if self.item.status != ItemStatus.PUBLISHED or version is None or len(area) not in version.levels:
            return False
        return not version.areas or any(area.startswith(one) for one in version.areas)
