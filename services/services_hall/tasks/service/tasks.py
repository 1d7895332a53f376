"""Tasks (待办件): pools, list and count under one predicate; claimed, assigned, released."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.services_hall.cases.domain.codes import Desk
from services.services_hall.cases.models import CaseDesk
from services.services_hall.tasks.domain import (
    ASSIGN,
    HANDLE,
    PERMISSION,
    READ,
    OfficerAbsent,
    OfficerNotOnPost,
    TaskFilter,
    TaskFree,
    TaskPool,
    TaskTaken,
)
from services.services_hall.tasks.models import Task
from services.services_hall.tasks.repository.tasks import TaskRepository
from services.services_hall.tasks.service.officers import Officers, post_of
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class Tasks:
    """Use cases of tasks. Who works on a case is told by its task; what may be done to it stays the office's right.

    Each takes `expected`, the version that the caller saw (None: any), and raises `NotFound` for a task of another
    office and for one that waits no more, `VersionMismatch`.
    """

    def __init__(self, context: UseCaseContext, officers: Officers) -> None:
        self._session = context.session
        self._clock = context.clock
        self._access = context.access
        self._officers = officers
        self._tasks = TaskRepository(context.session)

    def day(self) -> date:
        """The business day now."""
        return today(self._clock)

    async def page(
        self,
        principal: Principal,
        area: str | None,
        wanted: TaskFilter,
        *,
        after: tuple[date, UUID] | None,
        limit: int,
    ) -> Sequence[Task]:
        """Tasks in scope, what ends first at first; each shown is noted. One more than `limit`, if there is one.

        Raises `NotFound` for an area outside.
        """
        scope = principal.department_scope(READ, within=area)
        found = await self._tasks.page(scope, wanted, after=after, limit=limit + 1)
        for one in found[:limit]:
            self._note(principal, "list_tasks", one.desk, READ, Detail.EXISTENCE)
        return found

    async def count(self, principal: Principal, area: str | None, wanted: TaskFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._tasks.count(principal.department_scope(READ, within=area), wanted)

    async def pools(self, principal: Principal, area: str | None, wanted: TaskFilter) -> Sequence[TaskPool]:
        """How many of the list wait at each level, for each department and post."""
        return await self._tasks.pools(principal.department_scope(READ, within=area), wanted)

    async def claim(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Task:
        """认领: the caller works on it. Raises `TaskTaken`."""
        found = await self._tasks.locked(id)
        if found is None or not _stands_at(principal, PERMISSION[post_of(found.desk)], found.desk):
            raise NotFound(id)
        require_version(found.desk, expected)
        if found.desk.assigned_to is not None:
            raise TaskTaken(id)
        return await self._give(principal, found, principal.subject, "claim_task", HANDLE)

    async def assign(self, principal: Principal, id: UUID, officer: str, *, expected: Seen = None) -> Task:
        """分派、改派: who is at work there works on it. Raises `OfficerNotOnPost`, `OfficerAbsent`."""
        found = await self._tasks.locked(id)
        if found is None or not _stands_at(principal, ASSIGN, found.desk):
            raise NotFound(id)
        require_version(found.desk, expected)
        if not await self._officers.may_take(officer, found.desk):
            raise OfficerNotOnPost.at("officer")
        if await self._officers.is_absent(officer):
            raise OfficerAbsent.at("officer")
        return await self._give(principal, found, officer, "assign_task", ASSIGN)

    async def release(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Task:
        """释放: it is free again, by who works on it or by who assigns there. Raises `TaskFree`, `TaskTaken`."""
        found = await self._tasks.locked(id)
        if found is None or not _stands_at(principal, HANDLE, found.desk):
            raise NotFound(id)
        require_version(found.desk, expected)
        if found.desk.assigned_to is None:
            raise TaskFree(id)
        if found.desk.assigned_to != principal.subject and not _stands_at(principal, ASSIGN, found.desk):
            raise TaskTaken(id)
        return await self._give(principal, found, None, "release_task", HANDLE)

    async def _give(self, principal: Principal, found: Task, officer: str | None, action: str, permission: str) -> Task:
        at = None if officer is None else self._clock.now()
        given = {"assigned_to": officer, "assigned_at": at, "assigned_by": officer and principal.subject}
        moved = await compare_and_set(self._session, found.desk, **given, stands_in=None)
        assert moved is not None, "the row is locked"
        self._note(principal, action, moved, permission, Detail.WRITE)
        return Task(moved, found.case)

    def _note(self, principal: Principal, action: str, task: CaseDesk, permission: str, detail: Detail) -> None:
        self._access.note(
            principal,
            action=action,
            noun="services_hall.case",
            object_id=task.case_id,
            area=task.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=principal.role_in(permission, task.area, task.department),
        )


def _stands_at(principal: Principal, permission: str, task: CaseDesk) -> bool:
    """Whether the caller has a permission where the task waits; a department answers for its consent at the county."""
    scope = principal.department_scope(permission)
    if task.kind == Desk.ASKED:
        return scope.allows(task.area, task.department) and scope.allows_county(task.department)
    return scope.allows(task.area, task.department)
