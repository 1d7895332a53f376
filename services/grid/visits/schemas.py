"""Bodies of visits."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.grid.visits.domain import Finding
from services.grid.visits.models import Visit
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid import VisitStatus
from shared.http.schemas import Body, View


class RecordVisit(Body):
    """A visit that was paid."""

    finding: Finding
    done_on: Annotated[date, Field(description="not later than today")]
    purpose: Purpose = Purpose.VISIT


class VisitView(View):
    """A visit that is due, was paid or was cancelled. The tag that asks for it is not told."""

    id: UUID
    version: int
    person_id: UUID
    area: AreaCode
    due_on: date
    done_on: date | None
    status: VisitStatus
    finding: Finding | None
    overdue: bool

    @classmethod
    def of(cls, visit: Visit, today: date) -> Self:
        return cls(
            id=visit.id,
            version=visit.version,
            person_id=visit.person_id,
            area=visit.area,
            due_on=visit.due_on,
            done_on=visit.done_on,
            status=VisitStatus(visit.status),
            finding=None if visit.finding is None else Finding(visit.finding),
            overdue=visit.status == VisitStatus.DUE and visit.due_on < today,
        )


class VisitCountView(View):
    """How many the list with the same filter shows."""

    total: int
