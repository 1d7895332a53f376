"""Tables of worklists: posts at which officers signed on, and absences. Codes, days and subjects of tokens alone."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.base import Base
from services.services_hall.cases.models import Case, CaseDesk
from services.services_hall.tasks.domain import AbsenceStatus
from shared.db.base import AreaText

STATUSES = ", ".join(f"'{status}'" for status in AbsenceStatus)
OPEN = "status IN ('planned', 'begun')"


class OfficerPost(Base):
    """A post at which an officer signed on (上岗签到): one grant of the token. `department`: empty for none."""

    __tablename__ = "officer_posts"

    officer: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText, primary_key=True)
    department: Mapped[str] = mapped_column(primary_key=True)
    signed_on_at: Mapped[datetime]


class Absence(Base):
    """Who is away, from a day to a day, and who stands in (离岗代班)."""

    __tablename__ = "absences"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("officer <> substitute", name="substitute"),
        Index("uq_absences_open", "officer", unique=True, postgresql_where=text(OPEN)),
        Index("ix_absences_begins", "status", "from_on", postgresql_where=text(OPEN)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    officer: Mapped[str]
    substitute: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Task:
    """A task with the case that waits."""

    desk: CaseDesk
    case: Case
