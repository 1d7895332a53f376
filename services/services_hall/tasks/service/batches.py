"""即办件 in batches (批量办结): each case is received, accepted, granted and closed, or refused with its own reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.services_hall.cases.domain.lifecycle import ACCEPTED, RECEIVED, SUBMITTED
from services.services_hall.cases.models import Case
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.cases.service.deadlines import Deadlines
from services.services_hall.cases.service.ending import CaseEnding
from services.services_hall.cases.service.handling import CaseHandling
from services.services_hall.tasks.domain import DECIDE, HANDLE, CaseNotAtOnce, TaskTaken
from services.services_hall.tasks.repository.tasks import TaskRepository
from shared.auth.principal import Principal
from shared.errors import DomainError, NotFound
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class Wished:
    """A case of a batch. `version`: as the caller saw it; None: any."""

    id: UUID
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """What became of a case of a batch: closed, or why not."""

    id: UUID
    case: Case | None
    refusal: DomainError | None = None


class CasesAtOnce:
    """The use case: what is refused of one case is taken back, and keeps none of the others."""

    def __init__(self, context: UseCaseContext, handling: CaseHandling, ending: CaseEnding) -> None:
        self._session = context.session
        self._handling = handling
        self._ending = ending
        self._deadlines = Deadlines(context.session)
        self._cases = CaseRepository(context.session)
        self._tasks = TaskRepository(context.session)

    async def complete(self, principal: Principal, wished: Sequence[Wished]) -> Sequence[Completed]:
        """An answer for each case, in the order in which they were named; they are locked in that of their ids."""
        principal.department_scope(DECIDE).require_all()
        await self._deadlines.hold()
        answers: dict[UUID, Completed] = {}
        for one in sorted(wished, key=lambda each: each.id):
            try:
                async with self._session.begin_nested():
                    answers[one.id] = Completed(one.id, await self._complete(principal, one))
            except DomainError as refused:
                answers[one.id] = Completed(one.id, None, refused)
        return [answers[one.id] for one in wished]

    async def _complete(self, principal: Principal, one: Wished) -> Case:
        case = await self._cases.locked(one.id, principal.department_scope(HANDLE))
        if case is None:
            raise NotFound(one.id)
        if case.promised_days != 0:
            raise CaseNotAtOnce(one.id)
        if any(task.assigned_to not in (None, principal.subject) for task in await self._tasks.of_cases([one.id])):
            raise TaskTaken(one.id)
        seen = None if one.version is None else frozenset({one.version})
        if case.status == SUBMITTED:
            case, seen = await self._handling.receive(principal, one.id, expected=seen), None
        if case.status == RECEIVED:
            case, seen = await self._handling.accept(principal, one.id, expected=seen), None
        if case.status == ACCEPTED:
            case, seen = await self._ending.decide(principal, one.id, granted=True, reason=None, expected=seen), None
        return await self._ending.close(principal, one.id, expected=seen)
