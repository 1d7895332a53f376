"""What is kept of lists of residents besides what every import keeps: who came of which row, and whom it resembles."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.db.sealing import blind_for_a_while
from shared.db.statistics import FILLED_AT_ONCE


class ImportedPerson(Base):
    """The person of a row, by the keyed digest of what the row says: delivered again, it is known, number or not."""

    __tablename__ = "imported_persons"
    __table_args__: Any = (Index("ix_imported_persons_import", "import_id"), {"info": {FILLED_AT_ONCE: True}})

    digest: Mapped[bytes] = blind_for_a_while("a list of before is told by number and likeness alone", primary_key=True)
    occurrence: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    import_id: Mapped[UUID]


class ImportSuspects(Base):
    """Persons whom a row without a number resembles, as they were found; and who says that it is somebody else."""

    __tablename__ = "import_suspects"
    __table_args__: Any = ({"info": {"keep_by": "found_at", "keep_days": 92}},)

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    found_at: Mapped[datetime]
    confirmed_by: Mapped[str | None]
