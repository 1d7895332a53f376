"""What moves the limit of cases: special procedures (特别程序), suspension (中止) and the one extension (延期)."""

from uuid import UUID

from services.services_hall.cases.domain.codes import ExtensionReason, SpecialProcedure, SuspensionReason
from services.services_hall.cases.domain.lifecycle import ACCEPTED, IN_REVIEW, SPECIAL, SUSPENDED, CaseAction
from services.services_hall.cases.domain.refusals import ExtendedAlready, ExtensionTooLate, ExtensionTooLong
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.moving import CaseMoving
from shared.auth.principal import Principal
from shared.contracts.services_hall.case_steps import CaseExtended, CasePaused, CaseResumed
from shared.db.compare_and_set import Seen
from shared.messaging.context import UseCaseContext

ALONE, TOGETHER = 10, 15
"""Working days by which a limit is extended at most: by one body, by several together (行政许可法 42)."""


class CasePausing:
    """Use cases that move the limit; they raise as those of `CaseHandling` besides."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._moving = CaseMoving(context)

    async def begin_special(
        self, principal: Principal, id: UUID, *, procedure: SpecialProcedure, expected: Seen = None
    ) -> Case:
        """特别程序: the days that it takes do not count (行政许可法 45)."""
        case = await self._moving.begin(principal, id, CaseAction.BEGIN_SPECIAL, expected)
        return await self._pause(principal, case, CaseAction.BEGIN_SPECIAL, procedure)

    async def suspend(self, principal: Principal, id: UUID, *, reason: SuspensionReason, expected: Seen = None) -> Case:
        """中止: it stands still until the reason is gone; a working day counts if it runs at the day's end."""
        case = await self._moving.begin(principal, id, CaseAction.SUSPEND, expected)
        return await self._pause(principal, case, CaseAction.SUSPEND, reason)

    async def resume(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """恢复办理: it goes on where it stood, and its due date is computed again."""
        case = await self._moving.begin(principal, id, CaseAction.RESUME, expected)
        last = {**case.pauses[-1], "end": self._clock.now().isoformat()}
        given = {"status": IN_REVIEW if case.step else ACCEPTED, "pauses": [*case.pauses[:-1], last], "paused_at": None}
        return await self._moving.move(principal.subject, case, CaseAction.RESUME, CaseResumed, given)

    async def extend(
        self, principal: Principal, id: UUID, *, days: int, reason: ExtensionReason, expected: Seen = None
    ) -> Case:
        """延期: once, before the limit has run out, with the reason that the applicant is told.

        Raises `ExtendedAlready`, `ExtensionTooLate`, `ExtensionTooLong`.
        """
        case = await self._moving.begin(principal, id, CaseAction.EXTEND, expected)
        if case.extended_days:
            raise ExtendedAlready(id)
        if case.due_on is None or self._moving.today() > case.due_on:
            raise ExtensionTooLate(id)
        if days > (TOGETHER if case.consents else ALONE):
            raise ExtensionTooLong.at("days")
        subject, action = principal.subject, CaseAction.EXTEND
        return await self._moving.move(subject, case, action, CaseExtended, {"extended_days": days}, reason=reason)

    async def _pause(
        self, principal: Principal, case: Case, action: CaseAction, kind: SpecialProcedure | SuspensionReason
    ) -> Case:
        now = self._clock.now()
        pause = {"start": now.isoformat(), "end": None, "kind": str(kind)}
        status = SPECIAL if action is CaseAction.BEGIN_SPECIAL else SUSPENDED
        given = {"status": status, "pauses": [*case.pauses, pause], "paused_at": now}
        return await self._moving.move(principal.subject, case, action, CasePaused, given, reason=str(kind))
