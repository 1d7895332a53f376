"""Table of erasures as far as a service has carried them out. Its DDL is in `schema`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase


class ErasureTask(KitBase):
    """An erasure by its id in registry. `done_at`: null while something has to be kept; `counts`: numbers alone."""

    __tablename__ = "erasure_tasks"
    __table_args__: Any = (Index("ix_erasure_tasks_waiting", "id", postgresql_where=text("done_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    persons: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]
