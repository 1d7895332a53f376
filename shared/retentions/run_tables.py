"""Columns of a service's tables of erasing runs and of their entries. Codes and ids alone."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import AreaText
from shared.retentions.runs import RunGround, RunOutcome, RunStatus


class RunColumns:
    """A run: entries of an area that are to be erased together. A service's row class inherits them."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    ground: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText())
    kind: Mapped[str | None]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None]


class RunEntryColumns:
    """An entry of a run, and what became of it. The row class adds `run_id`, which refers to the run."""

    holder: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    kept_until: Mapped[date]
    outcome: Mapped[str | None]


def run_arguments(table: str, kinds: Iterable[str]) -> Any:
    """What a service's table of runs holds to, `kinds` being its own."""
    return (
        CheckConstraint(f"status IN ({_listed(RunStatus)})", name="status"),
        CheckConstraint(f"ground IN ({_listed(RunGround)})", name="ground"),
        CheckConstraint(f"kind IN ({_listed(kinds)})", name="kind"),
        CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name="refusal"),
        Index(f"ix_{table}_area", "area", "id"),
    )


def entry_arguments(kinds: Iterable[str]) -> Any:
    """The same of its entries."""
    return (
        CheckConstraint(f"kind IN ({_listed(kinds)})", name="kind"),
        CheckConstraint(f"outcome IN ({_listed(RunOutcome)})", name="outcome"),
    )


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
