"""Items and their published versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from shared.db.base import append_only


class Item(Base):
    """What the hall offers. Its content stands in its versions; `published_version` is the newest."""

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("status IN ('draft', 'published')", name="status"),
        CheckConstraint("(status = 'published') = (published_version IS NOT NULL)", name="published_has_version"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    code: Mapped[str]
    department: Mapped[str]
    category: Mapped[str]
    target: Mapped[str]
    status: Mapped[str]
    published_version: Mapped[int | None]


class ItemVersion(Base):
    """A published version: immutable; a case pins one."""

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
    steps: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    effect: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    fee_fen: Mapped[int]
    complaint_phone: Mapped[str | None]
    published_at: Mapped[datetime]
    published_by: Mapped[str]


@dataclass(frozen=True)
class CatalogueItem:
    """An item with its newest published version, None before the first."""

    item: Item
    version: ItemVersion | None
