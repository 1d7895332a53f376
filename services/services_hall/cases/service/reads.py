"""Reads of cases (办件): detail, list and count under one predicate, and restatement."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.models import Case, CaseStep
from services.services_hall.cases.repository import CaseRepository
from shared.auth.access_log import Purpose
from shared.auth.principal import Principal
from shared.contracts.services_hall.cases import CaseRestated, CaseState, CaseStatus
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class CaseDetail:
    """A case with its steps, oldest first."""

    case: Case
    steps: Sequence[CaseStep]


class CaseReads:
    """Use cases that change nothing."""

    def __init__(self, context: UseCaseContext) -> None:
        self._access = context.access
        self._cases = CaseRepository(context.session)

    async def read(self, principal: Principal, id: UUID) -> CaseDetail:
        """A case in scope with its steps; the look is recorded. Raises `NotFound`."""
        case = await self._cases.get(id)
        if case is None:
            raise NotFound(id)
        principal.department_scope("case.read").require(case.area, case.department)
        self._access.note(
            principal,
            action="read",
            noun="services_hall.case",
            object_id=id,
            area=case.area,
            purpose=Purpose.CASE_HANDLING,
            role=principal.role_in("case.read", case.area, case.department),
        )
        return CaseDetail(case, await self._cases.steps(id))

    async def page(
        self, principal: Principal, *, area: str | None, status: CaseStatus | None, after: UUID | None, limit: int
    ) -> Sequence[Case]:
        """Cases in scope, by id; `area` narrows. Raises `NotFound` for an area outside the scope."""
        scope = principal.department_scope("case.read", within=area)
        return await self._cases.page(scope, status=status, after=after, limit=limit)

    async def count(self, principal: Principal, *, area: str | None, status: CaseStatus | None) -> int:
        """How many the list has in all: the same predicate."""
        return await self._cases.count(principal.department_scope("case.read", within=area), status=status)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[CaseRestated]:
    """Restated facts of the next cases, their rows locked."""
    rows = await CaseRepository(session).locked_after(UUID(after) if after else None, limit)
    return [CaseRestated(state=CaseState.model_validate(case)) for case in rows]
