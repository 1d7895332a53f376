"""Bodies of incidents."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.grid.grids.schemas import Latitude, Longitude
from services.grid.incidents.domain import Severity, Source
from services.grid.incidents.models import Incident
from services.grid.incidents.service.incidents import NewIncident, Remark
from services.grid.incidents.service.places import Point
from services.grid.incidents.service.records import IncidentCounts, IncidentRecord
from shared.contracts.envelope import AreaCode, Code
from shared.contracts.grid import IncidentStatus
from shared.http.schemas import Body, Instant, View

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class PointBody(Body):
    """A point in WGS 84."""

    longitude: Longitude
    latitude: Latitude


class ReportIncident(Body):
    """An incident at a point that lies in a grid, in an area (village or grid), or both. Free text is encrypted."""

    source: Source
    category: Annotated[Code, Field(examples=["environment"])]
    severity: Severity = Severity.NORMAL
    point: PointBody | None = None
    area: Annotated[AreaCode | None, Field(examples=["450481100201"])] = None
    description: FreeText | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.point is None and self.area is None:
            raise PydanticCustomError("place_missing", "须给出位置或所属区域")
        return self

    def content(self) -> NewIncident:
        point = None if self.point is None else Point(self.point.longitude, self.point.latitude)
        return NewIncident(self.source, self.category, self.severity, self.area, point, self.description)


class RemarkIncident(Body):
    """A step that needs no reason."""

    reason: Annotated[Code | None, Field(examples=["verified"])] = None
    note: FreeText | None = None

    def remark(self) -> Remark:
        return Remark(self.reason, self.note)


class ReasonIncident(Body):
    """A step that needs a reason or a result, as a code."""

    reason: Annotated[Code, Field(examples=["not_responsible"])]
    note: FreeText | None = None

    def remark(self) -> Remark:
        return Remark(self.reason, self.note)


class DispatchIncident(RemarkIncident):
    """The unit that shall deal with it."""

    unit_id: UUID


class CheckIncident(RemarkIncident):
    """Whether it is done. If not, the unit handles it again."""

    passed: bool


class IncidentView(View):
    """An incident without its free text. `area` is a grid (15 digits) or a village (12)."""

    id: UUID
    version: int
    area: AreaCode
    longitude: float | None
    latitude: float | None
    source: str
    category: str
    severity: str
    status: IncidentStatus
    unit_id: UUID | None
    dictionary_version: int | None
    reported_on: Instant
    filed_on: Instant | None
    dispatched_on: Instant | None
    accepted_on: Instant | None
    feedback_on: Instant | None
    checked_on: Instant | None
    closed_on: Instant | None
    due_on: Instant | None
    due_provisional: bool
    returns: int
    reworks: int

    @classmethod
    def of(cls, incident: Incident) -> Self:
        return cls.model_validate(incident)


class StepView(View):
    """One line of the history."""

    version: int
    step: str
    status: IncidentStatus
    actor: str
    at: Instant
    reason: str | None
    unit_id: UUID | None
    note: str | None


class RequestView(View):
    """What the county's hotline told of the caller. `masked`: names and numbers are hidden, the address whole."""

    received_on: Instant
    caller_name: str | None
    caller_phone: str | None
    address: str | None
    masked: bool


class IncidentDetail(View):
    """An incident with its free text and its history, oldest step first. `request`: where a hotline sent it in."""

    incident: IncidentView
    description: str | None
    request: RequestView | None
    steps: list[StepView]

    @classmethod
    def of(cls, record: IncidentRecord) -> Self:
        return cls(
            incident=IncidentView.of(record.incident),
            description=record.description,
            request=None if record.request is None else RequestView.model_validate(record.request),
            steps=[
                StepView(
                    version=step.version,
                    step=step.step,
                    status=IncidentStatus(step.status),
                    actor=step.actor,
                    at=step.at,
                    reason=step.reason,
                    unit_id=step.unit_id,
                    note=note,
                )
                for step, note in record.steps
            ],
        )


class IncidentCountsView(View):
    """How many the list with the same filter shows. The overdue ones are counted by status as well."""

    total: int
    overdue: int
    by_status: dict[str, int]

    @classmethod
    def of(cls, counts: IncidentCounts) -> Self:
        return cls.model_validate(counts)
