"""Use cases of agencies (代办件): the seven steps, reassigned, a step taken back; reads under one predicate."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.agencies.domain import (
    CARRY,
    ENTRUSTED,
    READ,
    AgencyCaseEnded,
    AgencyCaseOpen,
    AgencyDatesWrong,
    AgencyDesk,
    AgencyFilter,
    AgencyStep,
    AuthorisationOfOther,
    DeclineReason,
    OriginalsOutstanding,
    VisitPending,
    require_asked,
)
from services.services_hall.agencies.models import Agency
from services.services_hall.agencies.repository import AgencyRepository
from services.services_hall.agencies.service.moving import AgencyMoving, Custody
from services.services_hall.agents.domain import serves_on
from services.services_hall.authorisations.domain import (
    AuthorisationAgentWrong,
    AuthorisationNotInForce,
    is_in_force,
)
from services.services_hall.authorisations.repository import AuthorisationRepository
from services.services_hall.cases.domain.lifecycle import OPEN
from services.services_hall.cases.domain.refusals import HandOverWrong
from services.services_hall.cases.repository import CaseRepository
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.registry.areas import AreaState
from shared.contracts.services_hall.agencies import (
    AgencyAccepted,
    AgencyArchived,
    AgencyCalledBack,
    AgencyDeclined,
    AgencyDelivered,
    AgencyEntrusted,
    AgencyForwarded,
    AgencyReassigned,
    AgencyReported,
    AgencyRestated,
    AgencyState,
    AgencyStatus,
    AgencyUndone,
    CallBackOutcome,
)
from shared.db.compare_and_set import Seen
from shared.db.sealing import ERASED
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected
from shared.reference.areas import COUNTY_DIGITS


class Agencies:
    """Use cases of who carries matters for people, free of charge. `forward_days`: working days to forward what was
    accepted. Each step raises as `AgencyMoving.begin`.
    """

    def __init__(self, context: UseCaseContext, forward_days: int, custody: Custody) -> None:
        self._session = context.session
        self._clock = context.clock
        self._forward_days = forward_days
        self._moving = AgencyMoving(context)
        self._agencies = self._moving.agencies
        self._cases = CaseRepository(context.session)
        self._authorisations = AuthorisationRepository(context.session)
        self._custody = custody

    async def entrust(self, principal: Principal, case_id: UUID, authorisation_id: UUID) -> Agency:
        """委托: a case is given to the agent whom its applicant has authorised.

        Raises `NotFound`, `AgencyCaseEnded`, `AuthorisationNotInForce`, `AuthorisationOfOther`,
        `AuthorisationAgentWrong`; a second one of the same case is refused by the database (`AgencyKnown`).
        """
        scope = principal.department_scope(CARRY)
        case = await self._cases.locked(case_id, scope)
        if case is None or not scope.allows(case.area, case.department):
            raise NotFound.at("case_id", subject=case_id)
        if case.status not in OPEN:
            raise AgencyCaseEnded(case_id)
        given = await self._authorisations.locked(authorisation_id)
        if given is None or not scope.allows(given.area, given.department):
            raise NotFound.at("authorisation_id", subject=authorisation_id)
        day = today(self._clock)
        if not is_in_force(given, day):
            raise AuthorisationNotInForce(authorisation_id)
        same = await self._authorisations.have_one_applicant(given.case_id, case_id)
        if str(case.item_id) not in given.items or not same:
            raise AuthorisationOfOther(authorisation_id)
        agent = await self._moving.agents.held(given.agent_id)
        if agent is None or agent.area != case.area or not serves_on(agent, day):
            raise AuthorisationAgentWrong(authorisation_id)
        agency = Agency(
            id=new_id(),
            version=1,
            status=ENTRUSTED,
            area=case.area,
            former=case.former,
            department=case.department,
            case_id=case_id,
            authorisation_id=authorisation_id,
            agent_id=agent.id,
            entrusted_at=self._clock.now(),
            forward_provisional=False,
            visits=0,
            visit_address=ERASED,
        )
        await self._moving.rows.enter(agency, AgencyStep.ENTRUST, principal.subject)
        self._moving.note(principal, "entrust_agency", agency, CARRY, Detail.WRITE)
        self._moving.tell(AgencyEntrusted, agency)
        return agency

    async def accept(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Agency:
        """受理: the agent carries it; the days to forward it run. Raises `AuthorisationNotInForce`."""
        agency = await self._moving.begin(principal, id, AgencyStep.ACCEPT, expected)
        await self._require_authorised(agency)
        given = {"accepted_at": self._clock.now(), "forward_days": self._forward_days}
        dates = await self._moving.dates({"status": AgencyStatus.ACCEPTED, **given})
        return await self._moving.move(principal, agency, AgencyStep.ACCEPT, AgencyAccepted, **given, **dates)

    async def decline(self, principal: Principal, id: UUID, *, reason: DeclineReason, expected: Seen = None) -> Agency:
        """不予代办: the agent does not carry it. Raises `OriginalsOutstanding`, `VisitPending`."""
        agency = await self._moving.begin(principal, id, AgencyStep.DECLINE, expected)
        await self._require_nothing_out(agency)
        given = {"declined_at": self._clock.now(), "decline_reason": reason}
        return await self._moving.move(principal, agency, AgencyStep.DECLINE, AgencyDeclined, **given)

    async def forward(self, principal: Principal, id: UUID, *, to_area: str, expected: Seen = None) -> Agency:
        """报送办理: the papers went to a hall above. Raises `HandOverWrong`, `AuthorisationNotInForce`."""
        agency = await self._moving.begin(principal, id, AgencyStep.FORWARD, expected)
        await self._require_authorised(agency)
        state = await projected(self._session, AreaState, to_area)
        above = COUNTY_DIGITS <= len(to_area) < len(agency.area) and agency.area.startswith(to_area)
        if not above or state is None or not state.is_valid_on(today(self._clock)):
            raise HandOverWrong.at("to_area")
        given = {"forwarded_at": self._clock.now(), "forwarded_to": to_area, "forward_provisional": False}
        return await self._moving.move(principal, agency, AgencyStep.FORWARD, AgencyForwarded, **given)

    async def deliver(self, principal: Principal, id: UUID, *, on: date, expected: Seen = None) -> Agency:
        """送达: the applicant has the result. Raises `AgencyCaseOpen`, `AgencyDatesWrong`."""
        agency = await self._moving.begin(principal, id, AgencyStep.DELIVER, expected)
        case = await self._cases.get(agency.case_id)
        assert case is not None, "by the foreign key"
        if case.status in OPEN:
            raise AgencyCaseOpen(id)
        if not business_day(agency.entrusted_at) <= on <= today(self._clock):
            raise AgencyDatesWrong.at("delivered_on")
        given: dict[str, Any] = {"delivered_on": on}
        if agency.forwarded_at is None:  # done at the counter itself: nothing was to be forwarded
            given |= {"forward_due_on": None, "forward_provisional": False}
        return await self._moving.move(principal, agency, AgencyStep.DELIVER, AgencyDelivered, **given)

    async def archive(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Agency:
        """归档: every original is back, no visit is to come. Where a visit was is kept no longer.

        Raises `OriginalsOutstanding`, `VisitPending`.
        """
        agency = await self._moving.begin(principal, id, AgencyStep.ARCHIVE, expected)
        await self._require_nothing_out(agency)
        given = {"archived_at": self._clock.now(), "visit_address": ERASED}
        return await self._moving.move(principal, agency, AgencyStep.ARCHIVE, AgencyArchived, **given)

    async def report(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Agency:
        """上报: the town has it in its register."""
        agency = await self._moving.begin(principal, id, AgencyStep.REPORT, expected)
        now = self._clock.now()
        return await self._moving.move(principal, agency, AgencyStep.REPORT, AgencyReported, reported_at=now)

    async def call_back(
        self,
        principal: Principal,
        id: UUID,
        *,
        outcome: CallBackOutcome,
        charged: bool | None,
        expected: Seen = None,
    ) -> Agency:
        """回访: what the applicant says, and whether money was taken. Raises `CallBackUnclear`."""
        agency = await self._moving.begin(principal, id, AgencyStep.CALL_BACK, expected)
        require_asked(outcome, charged=charged)
        given = {"called_back_at": self._clock.now(), "outcome": outcome, "charged": charged}
        return await self._moving.move(principal, agency, AgencyStep.CALL_BACK, AgencyCalledBack, **given)

    async def reassign(self, principal: Principal, id: UUID, *, agent_id: UUID, expected: Seen = None) -> Agency:
        """改派: another agent of the village carries it from now on. Raises `AuthorisationAgentWrong`."""
        agency = await self._moving.begin(principal, id, AgencyStep.REASSIGN, expected)
        agent = await self._moving.agents.held(agent_id)
        day = today(self._clock)
        if agent is None or agent.id == agency.agent_id or agent.area != agency.area or not serves_on(agent, day):
            raise AuthorisationAgentWrong.at("agent_id")
        return await self._moving.move(principal, agency, AgencyStep.REASSIGN, AgencyReassigned, agent_id=agent.id)

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> Agency:
        """撤销上一步; asked again, the one before. Raises `AgencyNothingToUndo`."""
        return await self._moving.undo(principal, id, AgencyUndone, expected)

    async def read(self, principal: Principal, id: UUID) -> Agency:
        """An agency in scope; the look is noted. Raises `NotFound`."""
        agency = await self._agencies.get(id)
        if agency is None:
            raise NotFound(id)
        principal.department_scope(READ).require(agency.area, agency.department)
        self._moving.note(principal, "read_agency", agency, READ, Detail.MASKED)
        return agency

    async def page(
        self,
        principal: Principal,
        area: str | None,
        status: AgencyStatus | None,
        desk: AgencyDesk | None,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Agency]:
        """Agencies in scope by id, each that is shown noted; one more than `limit` if there is one."""
        scope, wanted = principal.department_scope(READ, within=area), self._filter(principal, status, desk)
        rows = await self._agencies.page(scope, wanted, after=after, limit=limit + 1)
        for agency in rows[:limit]:
            self._moving.note(principal, "list_agencies", agency, READ, Detail.EXISTENCE)
        return rows

    async def count(
        self, principal: Principal, area: str | None, status: AgencyStatus | None, desk: AgencyDesk | None
    ) -> int:
        """How many the list has in all: the same predicate."""
        wanted = self._filter(principal, status, desk)
        return await self._agencies.count(principal.department_scope(READ, within=area), wanted)

    def _filter(self, principal: Principal, status: AgencyStatus | None, desk: AgencyDesk | None) -> AgencyFilter:
        return AgencyFilter(principal.subject, today(self._clock), status, desk)

    async def _require_authorised(self, agency: Agency) -> None:
        given = await self._authorisations.get(agency.authorisation_id)
        assert given is not None, "by the foreign key"
        if not is_in_force(given, today(self._clock)):
            raise AuthorisationNotInForce(agency.id)

    async def _require_nothing_out(self, agency: Agency) -> None:
        if agency.visit_on is not None:
            raise VisitPending(agency.id)
        if await self._custody.is_outstanding(agency.id):
            raise OriginalsOutstanding(agency.id)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AgencyRestated]:
    """Restated facts of the next agencies, their rows locked."""
    rows = await AgencyRepository(session).locked_after(UUID(after) if after else None, limit)
    return [AgencyRestated(state=AgencyState.model_validate(one)) for one in rows]
