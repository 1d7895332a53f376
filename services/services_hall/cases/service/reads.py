"""Reads of cases (办件): detail, list and count under one predicate, and restatement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.case_effects.models import CaseEffect
from services.services_hall.case_effects.repository import CaseEffectRepository
from services.services_hall.cases.domain.codes import Desk
from services.services_hall.cases.domain.limits import SOON, Remaining, ends_on, is_overdue, step_ends_on
from services.services_hall.cases.models import Case, CaseStep
from services.services_hall.cases.repository import CaseFilter, CaseRepository
from services.services_hall.cases.service.deadlines import Deadlines
from services.services_hall.items.models import ItemVersion
from services.services_hall.items.repository import ItemRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.services_hall.cases import CaseRestated, CaseState, CaseStatus
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class CaseDetail:
    """A case with its steps, oldest first, the item's version to which it is held, and what registry was asked for."""

    case: Case
    steps: Sequence[CaseStep]
    content: ItemVersion
    effect: CaseEffect | None
    remaining: Remaining


class CaseReads:
    """Use cases that change nothing."""

    def __init__(self, context: UseCaseContext) -> None:
        self._access = context.access
        self._clock = context.clock
        self._cases = CaseRepository(context.session)
        self._items = ItemRepository(context.session)
        self._effects = CaseEffectRepository(context.session)
        self._deadlines = Deadlines(context.session)

    async def read(self, principal: Principal, id: UUID) -> CaseDetail:
        """A case in scope with its steps; the look is recorded. Raises `NotFound`."""
        case = await self._cases.get(id)
        if case is None or not await self._cases.is_reached(id, principal.department_scope("case.read")):
            raise NotFound(id)
        self._note(principal, "read", case, Detail.MASKED)
        content = await self._items.version(case.item_id, case.item_version)
        assert content is not None, "by the foreign key"
        remaining = (await self.remaining([case]))[id]
        return CaseDetail(case, await self._cases.steps(id), content, await self._effects.get(id), remaining)

    async def remaining(self, cases: Sequence[Case]) -> Mapping[UUID, Remaining]:
        """What is left of the limits of each today, by the calendar of now."""
        day = today(self._clock)
        ends = {end for case in cases for end in (ends_on(case), step_ends_on(case)) if end is not None}
        left = await self._deadlines.left(ends, day)
        return {case.id: _remaining(case, left, day) for case in cases}

    async def page(
        self,
        principal: Principal,
        *,
        area: str | None,
        status: CaseStatus | None,
        desk: Desk | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Case]:
        """Cases in scope, by id, each noted as looked at: a case names its applicant by id. `area` narrows.

        One more than `limit`, if there is one: it is not shown, and not noted. Raises `NotFound` for an area outside.
        """
        scope = principal.department_scope("case.read", within=area)
        wanted = await self._filter(status, desk)
        cases = await self._cases.page(scope, wanted, after=after, limit=limit + 1)
        for case in cases[:limit]:
            self._note(principal, "list", case, Detail.EXISTENCE)
        return cases

    async def count(
        self, principal: Principal, *, area: str | None, status: CaseStatus | None, desk: Desk | None
    ) -> int:
        """How many the list has in all: the same predicate."""
        scope = principal.department_scope("case.read", within=area)
        return await self._cases.count(scope, await self._filter(status, desk))

    async def _filter(self, status: CaseStatus | None, desk: Desk | None) -> CaseFilter:
        day = today(self._clock)
        soon = await self._deadlines.soon(day, SOON) if desk is Desk.DUE_SOON else day
        return CaseFilter(day, soon, status, desk)

    def _note(self, principal: Principal, action: str, case: Case, detail: Detail) -> None:
        places = ((case.area, case.department), case.place)
        roles = (principal.role_in("case.read", *place) for place in places)
        self._access.note(
            principal,
            action=action,
            noun="services_hall.case",
            object_id=case.id,
            area=case.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=next(filter(None, roles), None),
        )


def _remaining(case: Case, left: Mapping[date, int], day: date) -> Remaining:
    ends = (ends_on(case), step_ends_on(case))
    days, step_days = (None if end is None else left[end] for end in ends)
    return Remaining(days, step_days, is_overdue(case, day))


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[CaseRestated]:
    """Restated facts of the next cases, their rows locked."""
    rows = await CaseRepository(session).locked_after(UUID(after) if after else None, limit)
    return [CaseRestated(state=CaseState.model_validate(case)) for case in rows]
