"""Use cases of rectifications (差评整改): called back, put right, appealed, reviewed, closed, reopened, undone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.repository import CaseRepository
from services.services_hall.ratings.domain import WordsAfterErasure
from services.services_hall.ratings.repository import RatingRepository
from services.services_hall.ratings.service.judging import RatingJudging
from services.services_hall.rectifications.domain import (
    APPEALED,
    CALLED_BACK,
    CLOSED,
    HANDLE,
    LIFECYCLE,
    OVERTURNED,
    READ,
    RECTIFIED,
    TRIES,
    AppealedAlready,
    AppealReason,
    CallNotTriedEnough,
    RectificationAction,
    RectificationByHandler,
    RectificationFilter,
    RectificationNothingToUndo,
    RectificationResult,
    RectificationSamePerson,
    ReopenReason,
    require_allowed,
)
from services.services_hall.rectifications.models import Rectification, RectificationNote, RectificationVersion
from services.services_hall.rectifications.repository import RectificationRepository
from services.services_hall.rectifications.service.moving import RectificationMoving
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.services_hall.rectifications import (
    CallOutcome,
    RectificationAppealed,
    RectificationAttempted,
    RectificationCalledBack,
    RectificationClosed,
    RectificationDone,
    RectificationReopened,
    RectificationRestated,
    RectificationReviewed,
    RectificationState,
    RectificationUndone,
)
from shared.db.compare_and_set import Seen, require_version
from shared.errors import Forbidden, NotFound
from shared.messaging.context import UseCaseContext

MOST_STEPS = 200
NOTE = "rectification_notes.note"


@dataclass(frozen=True, slots=True)
class RectificationDetail:
    """A rectification with its notes and every step, oldest first."""

    row: Rectification
    steps: Sequence[RectificationVersion]
    notes: dict[int, str | None] = field(repr=False)


class Rectifying:
    """Use cases. Each step takes `expected`, the version that the caller saw (None: any), and raises `NotFound`,
    `VersionMismatch`, `RectificationTransitionError`; those with a note `WordsAfterErasure`.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._moving = RectificationMoving(context)
        self._rows = self._moving.rectifications
        self._cases = CaseRepository(context.session)
        self._ratings = RatingRepository(context.session)
        self._judging = RatingJudging(context)

    async def attempt(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Rectification:
        """未接通: nobody answered. Raises `RectificationByHandler`."""
        row = await self._seen(principal, id, RectificationAction.ATTEMPT, expected)
        await self._require_stranger(principal, row)
        given = {"attempts": row.attempts + 1}
        action = RectificationAction.ATTEMPT
        return await self._moving.move(row, action, RectificationAttempted, given, by=principal.subject)

    async def call_back(
        self, principal: Principal, id: UUID, outcome: CallOutcome, note: str | None, *, expected: Seen = None
    ) -> Rectification:
        """回访, by who did not handle the case. Raises `RectificationByHandler`, `CallNotTriedEnough`."""
        row = await self._seen(principal, id, RectificationAction.CALL_BACK, expected)
        await self._require_stranger(principal, row)
        if outcome is CallOutcome.UNREACHED and row.attempts < TRIES:
            raise CallNotTriedEnough(id)
        given = {"status": str(CALLED_BACK), "called_on": self._moving.today(), "called_by": principal.subject}
        given |= {"outcome": str(outcome)}
        action = RectificationAction.CALL_BACK
        moved = await self._moving.move(row, action, RectificationCalledBack, given, by=principal.subject)
        return await self._noted(moved, note)

    async def rectify(
        self, principal: Principal, id: UUID, result: RectificationResult, note: str | None, *, expected: Seen = None
    ) -> Rectification:
        """整改: what the office did; also late, which its days say."""
        row = await self._seen(principal, id, RectificationAction.RECTIFY, expected)
        given = {"status": str(RECTIFIED), "rectified_on": self._moving.today(), "rectified_by": principal.subject}
        given |= {"result": str(result)}
        action = RectificationAction.RECTIFY
        moved = await self._moving.move(row, action, RectificationDone, given, by=principal.subject)
        return await self._noted(moved, note)

    async def appeal(
        self, principal: Principal, id: UUID, reason: AppealReason, *, expected: Seen = None
    ) -> Rectification:
        """申诉: the rating was mistaken or malicious; once, unless it is reopened. Raises `AppealedAlready`."""
        row = await self._seen(principal, id, RectificationAction.APPEAL, expected)
        if row.reviewed_on is not None:
            raise AppealedAlready(id)
        given = {"status": str(APPEALED), "appealed_on": self._moving.today(), "appealed_by": principal.subject}
        action = RectificationAction.APPEAL
        changes = given | {"appeal_reason": str(reason)}
        return await self._moving.move(row, action, RectificationAppealed, changes, by=principal.subject)

    async def review(
        self, principal: Principal, id: UUID, *, upheld: bool, note: str | None, expected: Seen = None
    ) -> Rectification:
        """复核, by somebody else: upheld, the rating counts no more; else it goes on where it was.

        Raises `RectificationSamePerson`, `RectificationByHandler`.
        """
        row = await self._seen(principal, id, RectificationAction.REVIEW, expected)
        if row.appealed_by == principal.subject:
            raise RectificationSamePerson(id)
        await self._require_stranger(principal, row)
        to = OVERTURNED if upheld else CALLED_BACK if row.rectified_on is None else RECTIFIED
        given = {"status": str(to), "reviewed_on": self._moving.today(), "reviewed_by": principal.subject}
        given |= {"upheld": upheld}
        if upheld:
            await self._judging.overturn(row.rating_id, principal.subject)
        action = RectificationAction.REVIEW
        moved = await self._moving.move(row, action, RectificationReviewed, given, by=principal.subject)
        return await self._noted(moved, note)

    async def close(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Rectification:
        """核实办结, by who did not put it right. Raises `RectificationSamePerson`."""
        row = await self._seen(principal, id, RectificationAction.CLOSE, expected)
        if row.rectified_by == principal.subject:
            raise RectificationSamePerson(id)
        given = {"status": str(CLOSED), "closed_on": self._moving.today(), "closed_by": principal.subject}
        action = RectificationAction.CLOSE
        return await self._moving.move(row, action, RectificationClosed, given, by=principal.subject)

    async def reopen(
        self, principal: Principal, id: UUID, reason: ReopenReason, *, expected: Seen = None
    ) -> Rectification:
        """重新整改: it was not put right; a limit as long as the first begins today."""
        row = await self._seen(principal, id, RectificationAction.REOPEN, expected)
        given: dict[str, Any] = {"status": str(CALLED_BACK), "reopened": row.reopened + 1}
        given |= {"reopen_reason": str(reason), **await self._moving.limit(self._moving.today(), row.days)}
        cleared = ("result", "rectified_on", "rectified_by", "closed_on", "closed_by")
        again = ("appeal_reason", "appealed_on", "appealed_by", "upheld", "reviewed_on", "reviewed_by")
        given |= dict.fromkeys((*cleared, *again))
        action = RectificationAction.REOPEN
        return await self._moving.move(row, action, RectificationReopened, given, by=principal.subject)

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> Rectification:
        """撤销上一步, by who may take that step now; asked again, what was done before that.

        A review that is taken back lets the rating count again. Raises `RectificationNothingToUndo`, `Forbidden`.
        """
        await self._moving.deadlines.hold()
        row = await self._rows.locked(id)
        if row is None or not principal.department_scope(HANDLE).allows(row.area, row.department):
            raise NotFound(id)
        require_version(row, expected)
        versions = self._rows.versions
        before = await versions.before(id, row.version)
        if before is None:
            raise RectificationNothingToUndo(id)
        step = RectificationAction((await versions.get(id, before.version + 1)).step)
        rule = LIFECYCLE.get(step)
        if rule is None or not principal.department_scope(rule.permission).allows(row.area, row.department):
            raise Forbidden
        if row.status == OVERTURNED:
            await self._judging.restore(row.rating_id, principal.subject)
        return await self._moving.go_back(row, before, RectificationUndone, by=principal.subject)

    async def read(self, principal: Principal, id: UUID) -> RectificationDetail:
        """A rectification with its notes and steps; the look is recorded. Raises `NotFound`."""
        row = await self._rows.get(id)
        if row is None:
            raise NotFound(id)
        principal.department_scope(READ).require(row.area, row.department)
        self._access.note(
            principal,
            action="read_rectification",
            noun="services_hall.case",
            object_id=row.case_id,
            area=row.area,
            purpose=Purpose.CASE_HANDLING,
            detail=Detail.FULL,
            role=principal.role_in(READ, row.area, row.department),
        )
        notes = {one.version: self._opened(one) for one in await self._rows.notes(id)}
        return RectificationDetail(row, await self._rows.versions.page(id, after=0, limit=MOST_STEPS), notes)

    async def page(
        self, principal: Principal, area: str | None, wanted: RectificationFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Rectification]:
        """Rectifications in scope, the newest first, without notes. Raises `NotFound` for an area outside."""
        scope = principal.department_scope(READ, within=area)
        return await self._rows.page(scope, wanted, self._moving.today(), after=after, limit=limit)

    async def count(self, principal: Principal, area: str | None, wanted: RectificationFilter) -> int:
        """How many the list has in all: the same predicate."""
        scope = principal.department_scope(READ, within=area)
        return await self._rows.count(scope, wanted, self._moving.today())

    async def _seen(self, principal: Principal, id: UUID, action: RectificationAction, expected: Seen) -> Rectification:
        await self._moving.deadlines.hold()
        row = await self._rows.locked(id)
        if row is None or not principal.department_scope(LIFECYCLE[action].permission).allows(row.area, row.department):
            raise NotFound(id)
        require_version(row, expected)
        require_allowed(row.status, action)
        return row

    async def _require_stranger(self, principal: Principal, row: Rectification) -> None:
        if await self._ratings.has_handled(row.case_id, principal.subject):
            raise RectificationByHandler(row.id)

    async def _noted(self, row: Rectification, note: str | None) -> Rectification:
        if note is not None:
            if not await self._cases.has_applicant(row.case_id):
                raise WordsAfterErasure.at("note")
            sealed = self._crypto.seal(note, field=NOTE, owner=f"{row.id}:{row.version}")
            self._rows.add_note(RectificationNote(rectification_id=row.id, version=row.version, note=sealed))
        return row

    def _opened(self, one: RectificationNote) -> str | None:
        """What was written; None once it was erased."""
        owner = f"{one.rectification_id}:{one.version}"
        return self._crypto.open(one.note, field=NOTE, owner=owner) if one.note else None


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[RectificationRestated]:
    """Restated facts of the next rectifications, their rows locked."""
    rows = await RectificationRepository(session).locked_after(UUID(after) if after else None, limit)
    return [RectificationRestated(state=RectificationState.model_validate(one)) for one in rows]
