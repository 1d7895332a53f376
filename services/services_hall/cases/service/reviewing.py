"""Review of cases (审查): step by step, from place to place, with the consent of departments beside it (会签)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services.services_hall.cases.domain.codes import (
    CENTRE_LEVELS,
    Centre,
    DeclineReason,
    DisagreementReason,
    HandOverReason,
    MaterialProblem,
)
from services.services_hall.cases.domain.lifecycle import ACCEPTED, IN_REVIEW, CaseAction
from services.services_hall.cases.domain.refusals import (
    CaseStepsRemain,
    ConsentAskedAlready,
    ConsentNotAsked,
    ConsentOutstanding,
    HandOverWrong,
    MaterialUnknown,
    StepTakenAbove,
)
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.moving import CaseMoving
from services.services_hall.items.domain.rules import require_handed
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.areas import AreaState
from shared.contracts.services_hall.case_steps import CaseConsulted, CaseHandedOver, CaseStepReached
from shared.db.compare_and_set import Seen
from shared.errors import CodeUnlisted, FieldError, ReasonNotExpected, ReasonRequired
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected
from shared.reference.areas import COUNTY_DIGITS


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file goes: area, department (None: the one that handles it now) and hall."""

    area: str
    department: str | None
    centre: Centre | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be mended before it comes again: a material by number, or an entry of the form by name."""

    material: int | None
    form_entry: str | None
    problem: MaterialProblem


class CaseReviewing:
    """Use cases of the review; they raise as those of `CaseHandling` besides. `departments`: the county's."""

    def __init__(self, context: UseCaseContext, departments: Collection[str]) -> None:
        self._session = context.session
        self._clock = context.clock
        self._departments = departments
        self._moving = CaseMoving(context)

    async def begin_review(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """送审: its first step. Raises `CaseStepsRemain` if the item prescribes none."""
        case = await self._moving.begin(principal, id, CaseAction.BEGIN_REVIEW, expected)
        return await self._reach(principal, case, CaseAction.BEGIN_REVIEW, 1)

    async def pass_step(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """审查通过本环节: on to the next step; the last one decides. Raises `CaseStepsRemain`, `StepTakenAbove`,
        `ConsentOutstanding`.
        """
        case = await self._moving.begin(principal, id, CaseAction.PASS, expected)
        require_answered(case)
        require_level(case, (await self._moving.content_of(case)).steps)
        return await self._reach(principal, case, CaseAction.PASS, (case.step or 0) + 1)

    async def send_back(
        self, principal: Principal, id: UUID, *, to: int, marks: Sequence[Mark], expected: Seen = None
    ) -> Case:
        """退回修改: to an earlier step, 0 for the counter, with marks at what is to be mended.

        Raises `CaseStepsRemain` for a step that is not an earlier one, `MaterialUnknown`.
        """
        case = await self._moving.begin(principal, id, CaseAction.SEND_BACK, expected)
        if to >= (case.step or 0):
            raise CaseStepsRemain.at("to_step")
        listed = (await self._moving.content_of(case)).materials
        for place, mark in enumerate(marks):
            if mark.material is not None and not 1 <= mark.material <= len(listed):
                raise MaterialUnknown.at(f"marks.{place}.material")
        noted = [asdict(mark) | {"problem": str(mark.problem)} for mark in marks]
        return await self._reach(principal, case, CaseAction.SEND_BACK, to, returns=case.returns + 1, marks=noted)

    async def hand_over(
        self, principal: Principal, id: UUID, *, to: Target, reason: HandOverReason, expected: Seen = None
    ) -> Case:
        """移交: the file is sent up (上报), down or across; it lies here until it is taken there.

        Raises `HandOverWrong`, `CodeUnlisted`, `DutyNotOfTown` for a town or village from which it was taken back.
        """
        case = await self._moving.begin(principal, id, CaseAction.HAND_OVER, expected)
        department = to.department or case.place[1]
        if department not in self._departments:
            raise CodeUnlisted.at("to.department")
        state = await projected(self._session, AreaState, to.area)
        if (
            state is None
            or not state.is_valid_on(today(self._clock))
            or to.area[:COUNTY_DIGITS] != case.area[:COUNTY_DIGITS]
            or len(to.area) < COUNTY_DIGITS
            or ((to.area, department) == case.place and str(to.centre) == str(case.held_centre))
            or (to.centre is not None and CENTRE_LEVELS[to.centre] != len(to.area))
        ):
            raise HandOverWrong.at("to.area")
        require_handed((await self._moving.content_of(case)).duty, to.area, id)
        sent = self._sent(principal, case, to.area, department, to.centre, reason)
        subject, action = principal.subject, CaseAction.HAND_OVER
        return await self._moving.move(subject, case, action, CaseHandedOver, {"sent": sent}, reason=reason)

    async def take(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """签收移交: the file lies here from now on. Raises `CaseNotSent`."""
        case = await self._moving.begin(principal, id, CaseAction.TAKE, expected)
        assert case.sent is not None, "it is asked before"
        sent = case.sent
        at_counter = (sent["area"], sent["department"]) == (case.area, case.department) and sent["centre"] is None
        held = {
            "held_area": None if at_counter else sent["area"],
            "held_department": None if at_counter else sent["department"],
            "held_centre": None if at_counter else sent["centre"],
        }
        done = {**sent, "taken_at": self._clock.now().isoformat(), "taken_by": principal.subject, "declined": None}
        given = {**held, "sent": None, "handovers": [*case.handovers, done]}
        return await self._moving.move(principal.subject, case, CaseAction.TAKE, CaseHandedOver, given)

    async def decline(self, principal: Principal, id: UUID, *, reason: DeclineReason, expected: Seen = None) -> Case:
        """退回移交: the file stays where it lies. Raises `CaseNotSent`."""
        case = await self._moving.begin(principal, id, CaseAction.DECLINE, expected)
        assert case.sent is not None, "it is asked before"
        ended = {"taken_at": self._clock.now().isoformat(), "taken_by": principal.subject, "declined": str(reason)}
        given = {"sent": None, "handovers": [*case.handovers, {**case.sent, **ended}]}
        subject, action = principal.subject, CaseAction.DECLINE
        return await self._moving.move(subject, case, action, CaseHandedOver, given, reason=reason)

    async def ask_consent(
        self, principal: Principal, id: UUID, *, departments: Sequence[str], expected: Seen = None
    ) -> Case:
        """征求意见: several departments at the same time. Raises `CodeUnlisted`, `ConsentAskedAlready`."""
        case = await self._moving.begin(principal, id, CaseAction.ASK_CONSENT, expected)
        unlisted = [f"departments.{n}" for n, one in enumerate(departments) if one not in self._departments]
        if unlisted:
            raise CodeUnlisted.at(*unlisted)
        waiting = {one["department"] for one in case.consents if one["answered_at"] is None}
        asked = [f"departments.{n}" for n, one in enumerate(departments) if one in waiting or one == case.place[1]]
        if asked:
            raise ConsentAskedAlready.at(*asked)
        at, by = self._clock.now().isoformat(), principal.subject
        new = [
            {"department": one, "asked_at": at, "asked_by": by, "answered_at": None, "answered_by": None,
             "agreed": None, "reason": None}
            for one in departments
        ]  # fmt: skip
        consents = [*(one for one in case.consents if one["department"] not in departments), *new]
        return await self._moving.move(by, case, CaseAction.ASK_CONSENT, CaseConsulted, {"consents": consents})

    async def answer_consent(
        self,
        principal: Principal,
        id: UUID,
        *,
        department: str,
        agreed: bool,
        reason: DisagreementReason | None,
        expected: Seen = None,
    ) -> Case:
        """答复意见, by who speaks for that department in the county.

        Raises `ConsentNotAsked`, `ReasonRequired` for a disagreement, `ReasonNotExpected` for an agreement.
        """
        if not agreed and reason is None:
            raise ReasonRequired(id, errors=[FieldError("reason", "missing", "不同意的须说明理由")])
        if agreed and reason is not None:
            raise ReasonNotExpected(id, errors=[FieldError("reason", "unexpected", "同意的，不填写理由")])
        case = await self._moving.begin(principal, id, CaseAction.ANSWER_CONSENT, expected, department=department)
        if not any(one["department"] == department and one["answered_at"] is None for one in case.consents):
            raise ConsentNotAsked.at("department")
        given = {"answered_at": self._clock.now().isoformat(), "answered_by": principal.subject, "agreed": agreed}
        given |= {"reason": reason and str(reason)}
        consents = [one | given if one["department"] == department else one for one in case.consents]
        subject, action = principal.subject, CaseAction.ANSWER_CONSENT
        return await self._moving.move(
            subject, case, action, CaseConsulted, {"consents": consents}, reason=reason, department=department
        )

    async def _reach(self, principal: Principal, case: Case, action: CaseAction, number: int, **more: Any) -> Case:
        """Stand at a step, 0 for the counter; its file is sent there if that is elsewhere."""
        steps = (await self._moving.content_of(case)).steps
        if number > len(steps):
            raise CaseStepsRemain(case.id)
        at_counter = {"level": len(case.area), "department": None, "days": None}
        wanted: dict[str, Any] = steps[number - 1] if number else at_counter
        area, department = case.area[: wanted["level"]], wanted["department"] or case.department
        elsewhere = (area, department) != case.place
        sent = self._sent(principal, case, area, department, None, HandOverReason.NEXT_STEP) if elsewhere else None
        given: dict[str, Any] = {"status": IN_REVIEW if number else ACCEPTED, "step": number or None, "sent": sent}
        given |= {"step_began_on": self._moving.today() if number else None, "step_days": wanted["days"]}
        return await self._moving.move(principal.subject, case, action, CaseStepReached, {"marks": [], **given, **more})

    def _sent(
        self,
        principal: Principal,
        case: Case,
        area: str,
        department: str,
        centre: Centre | None,
        reason: HandOverReason,
    ) -> dict[str, Any]:
        own_area, own_department = case.place
        return {
            "area": area,
            "department": department,
            "centre": centre and str(centre),
            "from_area": own_area,
            "from_department": own_department,
            "from_centre": case.held_centre,
            "reason": str(reason),
            "sent_at": self._clock.now().isoformat(),
            "sent_by": principal.subject,
        }


def require_answered(case: Case) -> None:
    """Raises `ConsentOutstanding` while a department that was asked has not answered."""
    if any(one["answered_at"] is None for one in case.consents):
        raise ConsentOutstanding(case.id)


def require_level(case: Case, steps: Sequence[Mapping[str, Any]]) -> None:
    """Raises `StepTakenAbove` where the file was sent down: its step is taken at the level of the item, or above."""
    if case.step is not None and len(case.place[0]) > steps[case.step - 1]["level"]:
        raise StepTakenAbove(case.id)
