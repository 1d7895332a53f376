"""What every use case of an agency does: lock it where the caller may act, move it, record the step, announce it."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from services.services_hall.agencies.domain import (
    ACCEPTED,
    CARRIED,
    REVOKED,
    STEPS,
    AgencyNothingToUndo,
    AgencyNotYours,
    AgencyStep,
    CallBackByAgent,
    Rule,
    Taker,
    require_allowed,
)
from services.services_hall.agencies.models import Agency, AgencyVersion
from services.services_hall.agencies.repository import AgencyRepository
from services.services_hall.agents.domain import SERVING, is_away_on
from services.services_hall.agents.models import Agent
from services.services_hall.agents.repository import AgentRepository
from services.services_hall.authorisations.domain import VALID, AuthorisationAgentWrong, AuthorisationNotInForce
from services.services_hall.authorisations.models import Authorisation
from services.services_hall.authorisations.repository import AuthorisationRepository
from services.services_hall.cases.service.deadlines import Deadlines
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.envelope import Fact
from shared.contracts.services_hall.agencies import AgencyState
from shared.db.compare_and_set import Seen, require_version
from shared.db.stepped_rows import SteppedRows
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

FIXED = frozenset({"area", "former", "department", "case_id", "authorisation_id", "entrusted_at", "visit_address"})


class Custody(Protocol):
    """Who has which originals."""

    async def is_outstanding(self, agency: UUID) -> bool:
        """Whether an original of an agency was neither returned, nor lost and the applicant told."""
        ...

    async def is_held(self, account: str, area: str, *, ever: bool) -> bool:
        """Whether a login answers for originals of a village; `ever`: or had one in hand."""
        ...


class AgencyMoving:
    """The hands of the use cases that move agencies."""

    def __init__(self, context: UseCaseContext) -> None:
        self.clock = context.clock
        self.agencies = AgencyRepository(context.session)
        self.agents = AgentRepository(context.session)
        self.authorisations = AuthorisationRepository(context.session)
        self.deadlines = Deadlines(context.session)
        versions = AgencyVersion, AgencyVersion.agency_id
        self.rows = SteppedRows(context.session, context.clock, Agency, *versions, fixed=FIXED)
        self._access = context.access
        self._outbox = context.outbox

    async def begin(self, principal: Principal, id: UUID, step: AgencyStep, expected: Seen) -> Agency:
        """The agency, locked, for a step that the table allows and the caller takes. The calendar is held first.

        Raises `NotFound`, `VersionMismatch`, `AgencyTransitionError`, `AgencyNotYours`, `CallBackByAgent`.
        """
        agency = await self.seen(principal, id, STEPS[step].permission, expected)
        rule = require_allowed(agency.status, step, id)
        await self.require_taker(principal, agency, rule)
        return agency

    async def seen(self, principal: Principal, id: UUID, permission: str, expected: Seen) -> Agency:
        """The agency, locked, as the caller saw it. Raises `NotFound`, `VersionMismatch`."""
        await self.deadlines.hold()
        agency = await self.agencies.locked(id)
        if agency is None:
            raise NotFound(id)
        principal.department_scope(permission).require(agency.area, agency.department)
        require_version(agency, expected)
        return agency

    async def require_taker(self, principal: Principal, agency: Agency, rule: Rule) -> None:
        """Raises `AgencyNotYours`, `CallBackByAgent`."""
        if rule.taker is Taker.ANYBODY:
            return
        agent = await self.agents.get(agency.agent_id)
        assert agent is not None, "by the foreign key"
        if rule.taker is Taker.OTHER:
            if principal.subject in {agent.account, await self._acting(agent)}:
                raise CallBackByAgent(agency.id)
        elif principal.subject != await self._acting(agent):
            raise AgencyNotYours(agency.id)

    async def move(
        self,
        principal: Principal,
        agency: Agency,
        step: AgencyStep,
        fact: type[Fact[AgencyState]],
        **changes: Any,
    ) -> Agency:
        """The next version, with the status to which the step leads."""
        rule = STEPS[step]
        status = {} if rule.to is None else {"status": rule.to}
        moved = await self.rows.move(agency, step, principal.subject, **status, **changes)
        self.note(principal, f"{step}_agency", moved, rule.permission, Detail.WRITE)
        self.tell(fact, moved)
        return moved

    async def undo(self, principal: Principal, id: UUID, fact: type[Fact[AgencyState]], expected: Seen) -> Agency:
        """撤销上一步, by who may take that step now. Dates are computed anew.

        Raises `AgencyNothingToUndo`; `AuthorisationNotInForce`, `AuthorisationAgentWrong` if it would be carried again
        although its authorisation was revoked since, or by an agent who serves no longer.
        """
        given = await self._authorisation_locked(id)
        agency = await self.seen(principal, id, "agency.read", expected)
        now, to = await self.rows.version(agency), await self.rows.before(agency)
        if to is None or now.last is None or agency.status == REVOKED:
            raise AgencyNothingToUndo(id)
        rule = STEPS[AgencyStep(now.last)]
        principal.department_scope(rule.permission).require(agency.area, agency.department)
        await self.require_taker(principal, agency, rule)
        again = self.rows.read_back(to.content)
        await self._require_carriable(again, given)
        anew = await self.dates(again)
        moved = await self.rows.go_back(agency, to, AgencyStep.UNDO, principal.subject, **anew)
        self.note(principal, "undo_agency", moved, rule.permission, Detail.WRITE)
        self.tell(fact, moved)
        return moved

    async def dates(self, agency: Mapping[str, Any]) -> dict[str, Any]:
        """Until when what was accepted is forwarded, by the calendar of now; the day of acceptance is not counted.

        Nothing of what is not accepted, or went on.
        """
        if agency["status"] != ACCEPTED:
            return {}
        due = await self.deadlines.due(business_day(agency["accepted_at"]), agency["forward_days"])
        return {"forward_due_on": due.day, "forward_provisional": due.provisional}

    def tell(self, fact: type[Fact[AgencyState]], agency: Agency) -> None:
        self._outbox.add(fact(state=AgencyState.model_validate(agency)))

    def note(self, principal: Principal, action: str, agency: Agency, permission: str, detail: Detail) -> None:
        self._access.note(
            principal,
            action=action,
            noun="services_hall.agency",
            object_id=agency.id,
            area=agency.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=principal.role_in(permission, agency.area, agency.department),
        )

    async def _authorisation_locked(self, id: UUID) -> Authorisation | None:
        """The authorisation of an agency, locked before it, as who revokes one does."""
        agency = await self.agencies.get(id)
        return None if agency is None else await self.authorisations.locked(agency.authorisation_id)

    async def _require_carriable(self, again: Mapping[str, Any], given: Authorisation | None) -> None:
        if again["status"] not in CARRIED:
            return
        if given is None or given.status != VALID:
            raise AuthorisationNotInForce
        agent = await self.agents.held(again["agent_id"])
        if agent is None or agent.status != SERVING:
            raise AuthorisationAgentWrong

    async def _acting(self, agent: Agent) -> str | None:
        """The login that acts for an agent today; nobody acts for who serves no longer."""
        if agent.status != SERVING:
            return None
        if not is_away_on(agent, today(self.clock)) or agent.substitute_id is None:
            return agent.account
        other = await self.agents.get(agent.substitute_id)
        assert other is not None, "by the foreign key"
        return other.account
