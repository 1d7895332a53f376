"""Counter work on cases (办件): received, told once what is missing, supplied, accepted or refused; dates move."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from services.services_hall.cases.domain.codes import MaterialProblem, MaterialStatus, RefusalReason
from services.services_hall.cases.domain.lifecycle import (
    ACCEPTED,
    EXPIRED,
    RECEIVED,
    REFUSED,
    SUPPLEMENT,
    WITHDRAWN,
    CaseAction,
)
from services.services_hall.cases.domain.limits import why_rescheduled
from services.services_hall.cases.domain.materials import (
    checked_off,
    promises,
    require_given,
    require_whole_notice,
)
from services.services_hall.cases.domain.persons import require_guardian
from services.services_hall.cases.domain.refusals import (
    CaseDeemedAccepted,
    CompetentNotExpected,
    NoticeGivenAlready,
    NoticeUntilWrong,
    PromiseTooLate,
)
from services.services_hall.cases.domain.remedies import remedies_from
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.moving import CaseMoving
from shared.auth.principal import Principal
from shared.clock import business_day
from shared.contracts.services_hall.case_steps import CaseExpired, CaseNotified, CaseRevised, CaseSupplied
from shared.contracts.services_hall.cases import (
    CaseAccepted,
    CaseReceived,
    CaseRefused,
    CaseRescheduled,
    CaseWithdrawn,
)
from shared.db.compare_and_set import Seen
from shared.errors import CodeUnlisted
from shared.messaging.context import UseCaseContext

MOST_DAYS_TO_SUPPLY = 90
DRAFT_KEPT = timedelta(days=30)
"""How long nobody has to submit a draft."""
SYSTEM = "system:limits"


@dataclass(frozen=True, slots=True)
class Missing:
    """A material that the one notice names, and what is wrong with it."""

    number: int
    problem: MaterialProblem


class CaseHandling:
    """Use cases of the counter after submission.

    Each takes `expected`, the version that the caller saw (None: any), and raises `NotFound` outside the caller's
    areas and departments, `VersionMismatch` for another version, `CaseTransitionError` if the case is not where the
    step begins, `CaseHeldElsewhere` and `CaseOnItsWay` if its file lies with others. The case is locked first: of two
    steps at once the second finds what the first has made of it, and a due date that was computed again meanwhile
    keeps nobody from a step. `departments`: the county's.
    """

    def __init__(self, context: UseCaseContext, departments: Collection[str]) -> None:
        self._clock = context.clock
        self._departments = departments
        self._moving = CaseMoving(context)
        self._deadlines = self._moving.deadlines
        self._cases = self._moving.cases

    async def receive(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """收件: the counter holds the papers; no clock runs yet."""
        case = await self._moving.begin(principal, id, CaseAction.RECEIVE, expected)
        given = {"status": RECEIVED, "received_at": self._clock.now()}
        return await self._moving.move(principal.subject, case, CaseAction.RECEIVE, CaseReceived, given)

    async def check_material(
        self,
        principal: Principal,
        id: UUID,
        *,
        number: int,
        status: MaterialStatus,
        promised_on: date | None,
        expected: Seen = None,
    ) -> Case:
        """核对材料: one material was looked at. Raises `MaterialUnknown`, `MaterialNotDeferrable`, `PromiseWrong`,
        `PromiseTooLate` for a promise beyond the due date.
        """
        case = await self._moving.begin(principal, id, CaseAction.CHECK_MATERIAL, expected)
        listed = (await self._moving.content_of(case)).materials
        materials = checked_off(listed, case.materials, number, status, promised_on, self._moving.today())
        if promised_on is not None and case.due_on is not None and promised_on > case.due_on:
            raise PromiseTooLate.at("promised_on")
        given = {"materials": materials}
        return await self._moving.move(principal.subject, case, CaseAction.CHECK_MATERIAL, CaseRevised, given)

    async def notify(
        self, principal: Principal, id: UUID, *, missing: Sequence[Missing], until: date, expected: Seen = None
    ) -> Case:
        """一次性告知: the applicant is told, once and in full, what is missing, within five working days of receipt.

        Raises `NoticeGivenAlready`, `CaseDeemedAccepted` if the days are over, `NoticeUntilWrong`, `MaterialUnknown`,
        `NoticeIncomplete`.
        """
        case = await self._moving.begin(principal, id, CaseAction.NOTIFY, expected)
        if case.notified_at is not None:
            raise NoticeGivenAlready(id)
        await self._require_not_deemed(case)
        today = self._moving.today()
        if not today < until <= today + timedelta(days=MOST_DAYS_TO_SUPPLY):
            raise NoticeUntilWrong.at("until")
        listed = (await self._moving.content_of(case)).materials
        require_whole_notice(listed, case.materials, [one.number for one in missing])
        materials = case.materials
        for one in missing:
            absent = one.problem is MaterialProblem.NOT_SUBMITTED
            said = MaterialStatus.MISSING if absent else MaterialStatus.FAULTY
            materials = checked_off(listed, materials, one.number, said, None, today)
        now = self._clock.now()
        told = [{"number": one.number, "problem": str(one.problem)} for one in missing]
        notice = {
            "materials": told,
            "until": until.isoformat(),
            "told_at": now.isoformat(),
            "told_by": principal.subject,
        }
        given = {"status": SUPPLEMENT, "notified_at": now, "supply_until": until, "notice": notice}
        subject, action = principal.subject, CaseAction.NOTIFY
        return await self._moving.move(subject, case, action, CaseNotified, {**given, "materials": materials})

    async def supply(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """补齐补正: all that was told is there. Raises `MaterialsOutstanding`."""
        case = await self._moving.begin(principal, id, CaseAction.SUPPLY, expected)
        told = {one["number"] for one in (case.notice or {}).get("materials", ())}
        listed = (await self._moving.content_of(case)).materials
        wanted = [{**one, "required": one["required"] or number in told} for number, one in enumerate(listed, 1)]
        require_given(wanted, case.materials, deferred_too=False)
        given = {"status": RECEIVED, "supplied_at": self._clock.now()}
        return await self._moving.move(principal.subject, case, CaseAction.SUPPLY, CaseSupplied, given)

    async def accept(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """受理: the statutory clock starts. The day of acceptance is not counted; the due date is inclusive.

        If nobody told in time what is missing, it counts as accepted since its receipt (行政许可法 32) with what there
        is. Raises `MaterialsOutstanding`, `GuardianNeeded`, `PromiseTooLate`.
        """
        case = await self._moving.begin(principal, id, CaseAction.ACCEPT, expected)
        require_guardian(case.needs_guardian, case.parties)
        if await self._moving.is_deemed(case):
            return await self._deem(principal.subject, case)
        require_given((await self._moving.content_of(case)).materials, case.materials, deferred_too=False)
        now = self._clock.now()
        due = await self._deadlines.due(business_day(now), case.promised_days)
        if any(day > due.day for day in promises(case.materials)):
            late = [one["number"] for one in case.materials if (one["promised_on"] or "") > due.day.isoformat()]
            raise PromiseTooLate.at(*(f"materials.{number}" for number in late))
        given = {"status": ACCEPTED, "accepted_at": now}
        return await self._moving.move(principal.subject, case, CaseAction.ACCEPT, CaseAccepted, given)

    async def refuse(
        self, principal: Principal, id: UUID, *, reason: RefusalReason, competent: str | None, expected: Seen = None
    ) -> Case:
        """不予受理, with a coded reason and the remedies by law; `competent`: the department to apply to instead.

        Raises `CompetentNotExpected`, `CodeUnlisted`, `CaseDeemedAccepted`.
        """
        case = await self._moving.begin(principal, id, CaseAction.REFUSE, expected)
        if competent is not None and reason is not RefusalReason.NOT_IN_AUTHORITY:
            raise CompetentNotExpected.at("competent_department")
        if competent is not None and competent not in self._departments:
            raise CodeUnlisted.at("competent_department")
        await self._require_not_deemed(case)
        given: dict[str, Any] = {"refused_at": self._clock.now(), "competent_department": competent}
        given |= remedies_from(self._moving.today())
        subject, action = principal.subject, CaseAction.REFUSE
        return await self._moving.move(subject, case, action, CaseRefused, {**given, "status": REFUSED}, reason=reason)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """The applicant takes it back, at the counter and wherever its file lies; no clock runs any more."""
        case = await self._moving.begin(principal, id, CaseAction.WITHDRAW, expected)
        given = {"status": WITHDRAWN, "withdrawn_at": self._clock.now(), "sent": None, "paused_at": None}
        return await self._moving.move(principal.subject, case, CaseAction.WITHDRAW, CaseWithdrawn, given)

    async def reschedule(self, years: Collection[int]) -> int:
        """Compute the due dates of open cases again: the calendar of these years was set.

        Returns how many moved, became certain or became provisional. What has ended keeps the date it was held to.
        """
        await self._deadlines.change()
        moved = 0
        for case in await self._cases.running_in(years):
            dates = await self._moving.dates_of(case)
            if all(getattr(case, name) == value for name, value in dates.items()):
                continue
            reason = str(why_rescheduled(case.due_provisional, dates))
            rescheduled = partial(CaseRescheduled, due_before=case.due_on, cause=reason)
            await self._moving.follow("system:calendar", case, CaseAction.RESCHEDULE, rescheduled, reason=reason)
            moved += 1
        for case in await self._cases.received_locked():
            await self._moving.set_desks(case)
        return moved

    async def fill_desks(self, limit: int) -> int:
        """Tasks of the next cases that have none yet. How many cases there were."""
        await self._deadlines.hold()
        cases = await self._cases.undesked(limit)
        for case in cases:
            await self._moving.set_desks(case)
        return len(cases)

    async def move_by_time(self, limit: int) -> int:
        """What time does to cases: silence is acceptance, unsupplied papers and drafts end. How many were moved."""
        await self._deadlines.hold()
        today, now = self._moving.today(), self._clock.now()
        late = await self._deadlines.told_too_late(today)
        cases = await self._cases.out_of_time(
            received_to=late, supply_before=today, drafted_before=now - DRAFT_KEPT, limit=limit
        )
        for case in cases:
            if case.status == RECEIVED:
                await self._deem(SYSTEM, case)
            else:
                given = {"status": EXPIRED, "expired_at": now}
                await self._moving.move(SYSTEM, case, CaseAction.EXPIRE, CaseExpired, given)
        return len(cases)

    async def _deem(self, actor: str, case: Case) -> Case:
        since = case.supplied_at or case.received_at
        given = {"status": ACCEPTED, "accepted_at": since, "deemed": True}
        return await self._moving.move(actor, case, CaseAction.ACCEPT, CaseAccepted, given, of_law=True)

    async def _require_not_deemed(self, case: Case) -> None:
        if await self._moving.is_deemed(case):
            raise CaseDeemedAccepted(case.id)
