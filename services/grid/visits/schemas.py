"""Bodies of visits."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.grid.visits.domain import Finding
from services.grid.visits.models import Visit
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.visits import VisitStatus
from shared.http.schemas import Body, View


class RecordVisit(Body):
    """A visit that was paid."""

    finding: Finding = Field(description="走访结果 what was found: normal, needs_help, absent")
    done_on: Annotated[date, Field(description="not later than today")]
    purpose: Purpose = Field(
        default=Purpose.VISIT, description="用途 why the data is looked at; kept in the access log"
    )


class VisitView(View):
    """A visit that is due, was paid or was cancelled. The tag that asks for it is not told."""

    id: UUID = Field(description="标识 identifier")
    version: int = Field(description="版本 counts the changes of this object, from 1")
    person_id: UUID = Field(description="居民 id of the person in the register")
    area: AreaCode = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201"]
    )
    due_on: date = Field(description="时限 when it is due")
    done_on: date | None = Field(description="完成日 day on which it was done")
    status: VisitStatus = Field(description="状态 where it stands in its lifecycle")
    finding: Finding | None = Field(description="走访结果 what was found: normal, needs_help, absent")
    overdue: bool = Field(description="超期 past its deadline")

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

    total: int = Field(description="总数 how many in all; null while nobody knows")
