"""The end of cases: decided (准予, 不予), closed (办结), delivered (送达), archived (归档); and a step taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.services_hall.case_effects.service import CaseEffects
from services.services_hall.cases.domain.codes import (
    CaseUndoReason,
    DeliveryWay,
    DenialReason,
    Recipient,
    Retention,
)
from services.services_hall.cases.domain.lifecycle import (
    ARCHIVED,
    CLOSED,
    DECIDED,
    DELIVERED,
    LIFECYCLE,
    SUBMIT,
    CaseAction,
)
from services.services_hall.cases.domain.materials import promises, require_given
from services.services_hall.cases.domain.refusals import (
    CaseDeemedAccepted,
    CaseNothingToUndo,
    CaseStepsRemain,
    ConsentOutstanding,
    DeliveryWrong,
    PromiseNotBroken,
    require_reason,
)
from services.services_hall.cases.domain.remedies import remedies_from
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.moving import CaseMoving
from services.services_hall.cases.service.registering import CaseRegistering
from services.services_hall.cases.service.reviewing import require_answered, require_level
from services.services_hall.items.domain.rules import require_decided
from shared.auth.principal import Principal
from shared.clock import business_day
from shared.contracts.services_hall.case_steps import CaseArchived, CaseDelivered, CaseUndone
from shared.contracts.services_hall.cases import CaseClosed, CaseDecided, CaseStatus
from shared.db.compare_and_set import Seen
from shared.errors import Forbidden
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a result was delivered, to whom and when; `tracking`: the number of the post."""

    way: DeliveryWay
    recipient: Recipient
    received_on: date
    tracking: str | None = None


class ResultKeeper(Protocol):
    """What rests on the results of cases."""

    async def require_free(self, case: Case, to: CaseStatus) -> None:
        """Raises `CaseAnsweredTogether` if the case, locked, may not go back to a status."""
        ...


class CaseEnding:
    """Use cases that end a case, and the one that takes a step back; they raise as those of `CaseHandling` besides."""

    def __init__(
        self,
        context: UseCaseContext,
        effects: CaseEffects,
        registering: CaseRegistering,
        keepers: Sequence[ResultKeeper] = (),
    ) -> None:
        self._keepers = keepers
        self._clock = context.clock
        self._effects = effects
        self._registering = registering
        self._moving = CaseMoving(context)

    async def decide(
        self, principal: Principal, id: UUID, *, granted: bool, reason: DenialReason | None, expected: Seen = None
    ) -> Case:
        """准予 or 不予, by whoever decides: at the last step of the review, or at once (即办件, no steps).

        Raises `ReasonRequired`, `ReasonNotExpected`, `CaseStepsRemain`, `StepTakenAbove`, `DutyNotOfTown` where a town
        only cooperates, `PromiseNotBroken`, for what is granted `MaterialsOutstanding` and `ConsentOutstanding`; and as
        `CaseRegistering.granted`, which asks for what follows.
        """
        require_reason(granted=granted, reason=reason, subject=id)
        case = await self._moving.begin(principal, id, CaseAction.DECIDE, expected)
        version = await self._moving.content_of(case)
        if (case.step or 0) < len(version.steps) and not (case.step is None and case.promised_days == 0):
            raise CaseStepsRemain(id)
        require_level(case, version.steps)
        require_decided(version.duty, case.place[0], id)
        today = self._moving.today()
        if reason is DenialReason.PROMISE_BROKEN and not any(day < today for day in promises(case.materials)):
            raise PromiseNotBroken.at("reason")
        given = {"status": DECIDED, "decided_at": self._clock.now(), "granted": granted}
        if granted:
            require_answered(case)
            if any(one["agreed"] is False for one in case.consents):
                raise ConsentOutstanding(id)
            wanted = [{**one, "required": one["required"] and not case.deemed} for one in version.materials]
            require_given(wanted, case.materials, deferred_too=True)
            await self._registering.granted(principal, case, version.effect)
        else:
            given |= remedies_from(today)
        return await self._moving.move(principal.subject, case, CaseAction.DECIDE, CaseDecided, given, reason=reason)

    async def close(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Case:
        """办结: the decided case is closed."""
        case = await self._moving.begin(principal, id, CaseAction.CLOSE, expected)
        given = {"status": CLOSED, "closed_at": self._clock.now()}
        return await self._moving.move(principal.subject, case, CaseAction.CLOSE, CaseClosed, given)

    async def deliver(self, principal: Principal, id: UUID, new: Delivery, *, expected: Seen = None) -> Case:
        """送达, with the receipt: who signed, when. Raises `DeliveryWrong`."""
        case = await self._moving.begin(principal, id, CaseAction.DELIVER, expected)
        assert case.decided_at is not None, "only what was decided is closed"
        if (new.way is DeliveryWay.POST) != (new.tracking is not None):
            raise DeliveryWrong.at("tracking")
        if not business_day(case.decided_at) <= new.received_on <= self._moving.today():
            raise DeliveryWrong.at("received_on")
        receipt = {
            "way": str(new.way),
            "recipient": str(new.recipient),
            "received_on": new.received_on.isoformat(),
            "tracking": new.tracking,
        }
        given = {"status": DELIVERED, "delivered_at": self._clock.now(), "delivery": receipt}
        return await self._moving.move(principal.subject, case, CaseAction.DELIVER, CaseDelivered, given)

    async def archive(self, principal: Principal, id: UUID, *, retention: Retention, expected: Seen = None) -> Case:
        """归档: its file is put away, for so long."""
        case = await self._moving.begin(principal, id, CaseAction.ARCHIVE, expected)
        given = {"status": ARCHIVED, "archived_at": self._clock.now(), "retention": str(retention)}
        return await self._moving.move(principal.subject, case, CaseAction.ARCHIVE, CaseArchived, given)

    async def undo(self, principal: Principal, id: UUID, *, reason: CaseUndoReason, expected: Seen) -> Case:
        """撤销上一步: what was done last was entered wrong; asked again, what was done before that.

        By who may take that step now. The history keeps both. Raises `CaseNothingToUndo`, `Forbidden`,
        `CaseAnsweredTogether`, `CaseDeemedAccepted` for a receipt since which silence has accepted the case, and
        `CaseEffectStands` for a decision by which the register is changing, or has changed.
        """
        await self._moving.deadlines.hold()
        case = await self._moving.seen_by_who_answered(principal, id, SUBMIT, expected)
        last = await self._moving.cases.step(id, case.version)
        if last is None or last.before is None or last.last is None:
            raise CaseNothingToUndo(id)
        before = await self._moving.cases.step(id, last.before)
        if before is None or before.content is None:
            raise CaseNothingToUndo(id)
        rule = LIFECYCLE[CaseAction(last.last)]
        if not self._moving.holds(principal, case, rule, last.department):
            raise Forbidden
        if last.last in (CaseAction.RECEIVE, CaseAction.SUPPLY) and await self._moving.is_deemed(case):
            raise CaseDeemedAccepted(id)
        for keeper in self._keepers:
            await keeper.require_free(case, CaseStatus(before.content["status"]))
        if CaseAction(last.last) is CaseAction.DECIDE:
            await self._effects.require_released(id)
        return await self._moving.go_back(
            principal.subject, case, before, CaseUndone, reason=str(reason), undoes=case.version
        )
