"""Bodies of cases."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.services_hall.cases.models import Case, CaseStep
from shared.contracts.envelope import AreaCode, Code
from shared.contracts.services_hall import CaseStatus
from shared.http.schemas import Body, Instant, View


class SubmitCase(Body):
    """A case for the person of a signed extract, at the counter of `area`."""

    item_id: UUID
    area: Annotated[AreaCode, Field(examples=["450481114201"])]
    extract: Annotated[
        str,
        StringConstraints(min_length=20, max_length=8192),
        Field(description="signed by registry for the audience services_hall, at most ten minutes old"),
    ]


class RefuseCase(Body):
    """Why it is not accepted, as a code."""

    reason: Annotated[Code, Field(examples=["not_in_authority"])]


class DecideCase(Body):
    """准予 (true) or 不予 (false, with a coded reason)."""

    granted: bool
    reason: Annotated[Code, Field(examples=["conditions_not_met"])] | None = None


class CaseView(View):
    """A case. `due_on` is the last working day, inclusive; provisional while the calendar's year is not set."""

    id: UUID
    version: int
    number: str
    item_id: UUID
    item_version: int
    category: str
    area: str
    person_id: UUID | None
    status: CaseStatus
    submitted_at: Instant
    received_at: Instant | None
    accepted_at: Instant | None
    refused_at: Instant | None
    decided_at: Instant | None
    granted: bool | None
    closed_at: Instant | None
    promised_days: int
    due_on: date | None
    due_provisional: bool

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls.model_validate(case)


class StepView(View):
    """One step that a case took."""

    version: int
    step: str
    at: Instant
    actor: str
    reason: str | None


class CaseDetailView(CaseView):
    """A case and its steps."""

    steps: list[StepView]

    @classmethod
    def detailed(cls, case: Case, steps: Sequence[CaseStep]) -> Self:
        shown = CaseView.of(case).model_dump()
        return cls(**shown, steps=[StepView.model_validate(step) for step in steps])


class CaseCount(View):
    """How many cases the list has in all."""

    count: int
