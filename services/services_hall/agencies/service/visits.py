"""Home visits of an agency (上门代办): arranged, made, called off; the door is shown for the visit that is due."""

from datetime import date
from typing import Any
from uuid import UUID

from services.services_hall.agencies.domain import (
    CARRY,
    MOST_VISITS,
    STEPS,
    AgencyDatesWrong,
    AgencyStep,
    VisitNotArranged,
    VisitNotDue,
    VisitPending,
    VisitsTooMany,
    VisitToErased,
)
from services.services_hall.agencies.models import Agency
from services.services_hall.agencies.service.moving import AgencyMoving
from services.services_hall.cases.repository import CaseRepository
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.services_hall.agencies import AgencyVisited
from shared.db.compare_and_set import Seen
from shared.messaging.context import UseCaseContext

SEALED = "agencies.visit_address"


class HomeVisits:
    """Use cases of who goes to the door. Each step raises as `AgencyMoving.begin`."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._moving = AgencyMoving(context)
        self._cases = CaseRepository(context.session)

    async def arrange(self, principal: Principal, id: UUID, *, on: date, address: str, expected: Seen = None) -> Agency:
        """预约上门, on a day and at a door, which is sealed.

        Raises `VisitPending`, `VisitsTooMany`, `AgencyDatesWrong`, `VisitToErased`.
        """
        known = await self._is_known(id)
        agency = await self._moving.begin(principal, id, AgencyStep.ARRANGE_VISIT, expected)
        if agency.visit_on is not None:
            raise VisitPending(id)
        if agency.visits >= MOST_VISITS:
            raise VisitsTooMany(id)
        if on < today(self._clock):
            raise AgencyDatesWrong.at("visit_on")
        if not known:
            raise VisitToErased(id)
        sealed = self._crypto.seal(address, field=SEALED, owner=id)
        return await self._move(principal, agency, AgencyStep.ARRANGE_VISIT, visit_on=on, visit_address=sealed)

    async def visit(self, principal: Principal, id: UUID, *, on: date, expected: Seen = None) -> Agency:
        """上门办理: it was made, on a day. Raises `VisitNotArranged`, `AgencyDatesWrong`."""
        agency = await self._arranged(principal, id, AgencyStep.VISIT, expected)
        if not business_day(agency.entrusted_at) <= on <= today(self._clock):
            raise AgencyDatesWrong.at("visited_on")
        return await self._move(principal, agency, AgencyStep.VISIT, visit_on=None, visits=agency.visits + 1)

    async def cancel(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Agency:
        """取消上门. Raises `VisitNotArranged`."""
        agency = await self._arranged(principal, id, AgencyStep.CANCEL_VISIT, expected)
        return await self._move(principal, agency, AgencyStep.CANCEL_VISIT, visit_on=None)

    async def address(self, principal: Principal, id: UUID) -> str:
        """The door of the visit that is due today or was due, for who makes it; each look is noted in full.

        Raises `NotFound`, `AgencyNotYours`, `VisitNotDue`, also once the address was erased.
        """
        agency = await self._moving.seen(principal, id, CARRY, None)
        await self._moving.require_taker(principal, agency, STEPS[AgencyStep.VISIT])
        due = agency.visit_on is not None and agency.visit_on <= today(self._clock)
        if not due or not agency.visit_address:
            raise VisitNotDue(id)
        self._moving.note(principal, "read_visit_address", agency, CARRY, Detail.FULL)
        return self._crypto.open(agency.visit_address, field=SEALED, owner=id)

    async def _is_known(self, id: UUID) -> bool:
        """Whether it is known who applied; until the transaction ends nobody erases that: the case is locked first."""
        await self._moving.deadlines.hold()
        agency = await self._moving.agencies.get(id)
        case = None if agency is None else await self._cases.locked_anywhere(agency.case_id)
        return case is not None and await self._cases.has_applicant(case.id)

    async def _arranged(self, principal: Principal, id: UUID, step: AgencyStep, expected: Seen) -> Agency:
        agency = await self._moving.begin(principal, id, step, expected)
        if agency.visit_on is None:
            raise VisitNotArranged(id)
        return agency

    async def _move(self, principal: Principal, agency: Agency, step: AgencyStep, **changes: Any) -> Agency:
        return await self._moving.move(principal, agency, step, AgencyVisited, **changes)
