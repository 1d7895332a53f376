"""Table of the keys that processes held. Its DDL is in `shared.rotation.schema`."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase


class Ring(StrEnum):
    """Ring of keys: of sealed fields, or of blind indexes."""

    FIELD = "field"
    INDEX = "index"

    @property
    def setting(self) -> str:
        """The setting that holds it."""
        return f"XIANGLI_{self.upper()}_KEYS"


class HeldKey(KitBase):
    """A key that a process of the service held once. `cleared_at`: nothing lay under it, and nobody held it."""

    __tablename__ = "held_keys"
    __table_args__: Any = (CheckConstraint("ring IN ('field', 'index')", name="ring"),)

    ring: Mapped[str] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
