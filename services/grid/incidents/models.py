"""Incidents (事件), their history, and what a hotline said of the caller."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column, relationship

from services.grid.base import Base
from services.grid.incidents.domain.codes import IncidentLevel
from services.grid.incidents.domain.lifecycle import OPEN
from services.grid.incidents.domain.rules import assistants
from shared.contracts.grid.incidents import IncidentStatus
from shared.db.base import AreaText
from shared.db.sealing import sealed

STATUSES = ", ".join(f"'{status}'" for status in IncidentStatus)
OPEN_STATUSES = ", ".join(f"'{status}'" for status in sorted(OPEN))


def _listed() -> MappedColumn[list[Any]]:
    return mapped_column(JSONB, default=list, server_default=text("'[]'"))


class Incident(Base):
    """An incident as it stands. `description` is sealed; `reporter` is an account's subject, not a name.

    `former`: where it lay before changes of areas and grids, with the first day on which it did no longer, oldest
    first. `unplaced`: its grid is no more, and somebody has to say where it lies.

    `department` is that of the unit that has it; None: no department's. `level`: digits of the area whose office has
    it. `file_by`: until when it is filed or rejected. `leave`: what its unit asks for; `pauses`: when its clock stood
    still; `orders`: what assisting units were told, by number; `supervision`: by whose office, and until when.
    """

    __tablename__ = "incidents"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name="point"),
        Index("ix_incidents_area", "area", "id"),
        Index("ix_incidents_department_area", "department", "area", "id"),
        Index("ix_incidents_reporter", "reporter", "id"),
        CheckConstraint("(status = 'merged') = (merged_into IS NOT NULL)", name="merged"),
        CheckConstraint("level IN (6, 9, 12, 15)", name="level"),
        Index("ix_incidents_open_until", "due_at", postgresql_where=text(f"status IN ({OPEN_STATUSES})")),
        Index("ix_incidents_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index("ix_incidents_unplaced", "area", "id", postgresql_where=text("unplaced")),
        Index("ix_incidents_near", "category", "latitude", postgresql_where=text("latitude IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText())
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    source: Mapped[str]
    category: Mapped[str]
    severity: Mapped[str]
    treatment: Mapped[str] = mapped_column(server_default=text("'routine'"))  # said at filing
    description: Mapped[bytes | None] = sealed("incident.description")
    reporter: Mapped[str]
    status: Mapped[str]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    department: Mapped[str | None]
    dictionary_version: Mapped[int | None] = mapped_column(ForeignKey("dictionaries.version"))
    reported_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    feedback_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    due_provisional: Mapped[bool]
    deferred: Mapped[bool] = mapped_column(server_default=text("false"))
    returns: Mapped[int]
    reworks: Mapped[int]
    former: Mapped[list[Any]] = _listed()
    unplaced: Mapped[bool] = mapped_column(server_default=text("false"))
    level: Mapped[int] = mapped_column(SmallInteger, server_default=text("15"))
    file_by: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    handling_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    reopens: Mapped[int] = mapped_column(server_default=text("0"))
    on_spot: Mapped[bool] = mapped_column(server_default=text("false"))
    deferred_until: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    leave: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    pauses: Mapped[list[Any]] = _listed()
    orders: Mapped[list[Any]] = _listed()
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"))
    duplicates: Mapped[int] = mapped_column(server_default=text("0"))
    urges: Mapped[int] = mapped_column(server_default=text("0"))
    supervision: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int] = mapped_column(BigInteger)

    main: Mapped["Incident | None"] = relationship(remote_side=[id], lazy="raise")

    @property
    def held_area(self) -> str:
        """The area whose office has it."""
        return self.area[: self.level]

    @property
    def held_level(self) -> IncidentLevel:
        """The level whose office has it."""
        return next(one for one in IncidentLevel if one.digits == len(self.held_area))

    @property
    def shown(self) -> "Incident":
        """The incident whose progress its reporter is told: the one that it was merged into, else itself."""
        return self if self.merged_into is None or self.main is None else self.main

    @property
    def assisting(self) -> int:
        """How many departments assist the one whose unit leads."""
        return len(assistants(self.orders))

    @property
    def supervised_until(self) -> datetime | None:
        """By when a level above wants it closed; None: it is not supervised."""
        return None if self.supervision is None else datetime.fromisoformat(self.supervision["until"])

    @property
    def act_by(self) -> datetime | None:
        """Until when the next thing is to be done: filing, the end of a suspension, of a leave, or the deadline.

        None once it has ended.
        """
        if self.status not in OPEN:
            return None
        return self.suspended_until or self.deferred_until or self.due_at or self.file_by


class IncidentAssistant(Base):
    """A department whose unit assists with an incident, and so sees it."""

    __tablename__ = "incident_assistants"
    __table_args__: Any = (Index("ix_incident_assistants_department", "department", "incident_id"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    department: Mapped[str] = mapped_column(primary_key=True)


class IncidentStep(Base):
    """Who did what to an incident, when and why: one line per version, never changed. `note` is sealed.

    `photos`: files that were handed in with it. `content`: what the incident was from this step on; null in rows from
    before the column. `before`: the version that an undo brings back, `last`: the step that it takes back; both null
    if there is none. `undoes`: of an undo, the version of the step that it took back. `department`: of an order's step.
    """

    __tablename__ = "incident_steps"
    __table_args__: Any = {"info": {"append_only": True}}  # noqa: RUF012 (the base declares it so)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    step: Mapped[str]
    status: Mapped[str]  # after the step
    actor: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str | None]  # a code
    unit_id: Mapped[UUID | None]
    note: Mapped[bytes | None] = sealed("incident_step.note", owner="{incident_id}:{version}")
    photos: Mapped[list[Any]] = _listed()
    department: Mapped[str | None]
    before: Mapped[int | None] = mapped_column(BigInteger)
    last: Mapped[str | None]
    undoes: Mapped[int | None] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class IncidentRequest(Base):
    """What the county's hotline said of the caller (诉求); sealed under the incident's id."""

    __tablename__ = "incident_requests"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    received_at: Mapped[datetime]  # when the hotline took it
    caller_name: Mapped[bytes | None] = sealed("incident.caller_name", owner="{incident_id}")
    caller_phone: Mapped[bytes | None] = sealed("incident.caller_phone", owner="{incident_id}")
    address: Mapped[bytes | None] = sealed("incident.address", owner="{incident_id}")
