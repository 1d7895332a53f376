"""Tables of erasing runs in grid, and of the entries of each. Codes and ids alone."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.grid.base import Base
from services.grid.retentions.domain import GridRetentionKind
from shared.retentions.run_tables import RunColumns, RunEntryColumns, entry_arguments, run_arguments


class GridErasure(RunColumns, Base):
    """Entries of an area that are to be erased together."""

    __tablename__ = "grid_erasures"
    __table_args__: Any = run_arguments("grid_erasures", GridRetentionKind)


class GridErasureEntry(RunEntryColumns, Base):
    """A report, petition, incident or call of a run, and what became of it."""

    __tablename__ = "grid_erasure_entries"
    __table_args__: Any = entry_arguments(GridRetentionKind)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("grid_erasures.id"), primary_key=True, sort_order=-1)
