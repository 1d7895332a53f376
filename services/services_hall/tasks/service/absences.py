"""Absences (离岗代班): an officer's tasks go to who stands in, and come back with the officer."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.services_hall.cases.models import CaseDesk
from services.services_hall.tasks.domain import (
    ASSIGN,
    HANDLE,
    AbsenceOver,
    AbsenceStatus,
    AbsenceToOneself,
    OfficerAbsent,
    OfficerNotOnPost,
    require_days,
    require_transition,
)
from services.services_hall.tasks.models import Absence
from services.services_hall.tasks.repository.officers import OfficerRepository
from services.services_hall.tasks.repository.tasks import TaskRepository
from services.services_hall.tasks.service.officers import Officers
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

MOST = 500
"""Absences of a county at a time."""
SYSTEM = "system:absences"


class Absences:
    """Use cases of absences: by the officer, or by who assigns wherever the officer is at work."""

    def __init__(self, context: UseCaseContext, officers: Officers) -> None:
        self._session = context.session
        self._clock = context.clock
        self._officers = officers
        self._absences = OfficerRepository(context.session)
        self._tasks = TaskRepository(context.session)

    async def record(
        self, principal: Principal, officer: str, substitute: str, from_on: date, until_on: date
    ) -> Absence:
        """登记离岗: from its first day on the officer's tasks are the substitute's, or free where that one may not take
        them, or is away by then.

        Raises `NotFound` for an officer who is at work elsewhere, `AbsenceDaysWrong`, `AbsenceToOneself`,
        `OfficerNotOnPost` and `OfficerAbsent` for a substitute; a second open one is refused by the database
        (`AbsenceKnown`).
        """
        await self._require_over(principal, officer)
        day = today(self._clock)
        require_days(from_on, until_on, day)
        if substitute == officer:
            raise AbsenceToOneself.at("substitute")
        if not await self._officers.posts_of(substitute):
            raise OfficerNotOnPost.at("substitute")
        if substitute in await self._absences.absent(from_on):
            raise OfficerAbsent.at("substitute")
        absence = Absence(
            id=new_id(),
            version=1,
            status=AbsenceStatus.PLANNED,
            officer=officer,
            substitute=substitute,
            from_on=from_on,
            until_on=until_on,
            set_by=principal.subject,
            set_at=self._clock.now(),
        )
        await self._absences.add(absence)
        return await self._begin(absence) if from_on <= day else absence

    async def end(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Absence:
        """结束或撤回: what was handed over and still waits is the officer's again.

        Raises `NotFound`, `VersionMismatch`, `AbsenceOver`.
        """
        absence = await self._absences.locked(id)
        if absence is None:
            raise NotFound(id)
        await self._require_over(principal, absence.officer)
        require_version(absence, expected)
        if absence.status == AbsenceStatus.PLANNED:
            return await self._move(absence, AbsenceStatus.WITHDRAWN, principal.subject)
        return await self._end(absence, principal.subject)

    async def open(self, principal: Principal) -> Sequence[Absence]:
        """Absences that are planned or have begun: the caller's own, and of those for whom the caller assigns."""
        found = await self._absences.open(MOST)
        return [one for one in found if await self._is_over(principal, one.officer)]

    async def turn(self, limit: int) -> int:
        """Absences begin and end by the day. How many did."""
        turning = await self._absences.turning(today(self._clock), limit)
        for one in turning:
            if one.status == AbsenceStatus.PLANNED:
                await self._begin(one)
            else:
                await self._end(one, SYSTEM)
        return len(turning)

    async def _begin(self, absence: Absence) -> Absence:
        is_away = await self._officers.is_absent(absence.substitute)
        for task in await self._tasks.of_officer_locked(absence.officer):
            if not is_away and await self._officers.may_take(absence.substitute, task):
                await self._give(task, absence.substitute, absence.set_by, task.stands_in or absence.id)
            else:
                await self._give(task, None, None, None)
        return await self._move(absence, AbsenceStatus.BEGUN, None)

    async def _end(self, absence: Absence, by: str) -> Absence:
        for task in await self._tasks.stood_in_locked(absence.id):
            await self._give(task, absence.officer, by, None)
        return await self._move(absence, AbsenceStatus.ENDED, by)

    async def _give(self, task: CaseDesk, officer: str | None, by: str | None, stands_in: UUID | None) -> None:
        at = None if officer is None else self._clock.now()
        given = {"assigned_to": officer, "assigned_by": by, "assigned_at": at, "stands_in": stands_in}
        moved = await compare_and_set(self._session, task, **given)
        assert moved is not None, "the row is locked"

    async def _move(self, absence: Absence, to: AbsenceStatus, by: str | None) -> Absence:
        require_transition(absence.status, to)
        ended = {} if by is None else {"ended_by": by, "ended_at": self._clock.now()}
        moved = await compare_and_set(self._session, absence, status=str(to), **ended)
        if moved is None:
            raise AbsenceOver(absence.id)
        return moved

    async def _require_over(self, principal: Principal, officer: str) -> None:
        if officer == principal.subject:
            principal.department_scope(HANDLE).require_all()
            return
        if not await self._is_over(principal, officer):
            raise NotFound

    async def _is_over(self, principal: Principal, officer: str) -> bool:
        """The officer, or who assigns at every post at which the officer is at work."""
        if officer == principal.subject:
            return True
        scope, posts = principal.department_scope(ASSIGN), await self._officers.posts_of(officer)
        return bool(posts) and all(scope.allows(one.area, one.department or None) for one in posts)
