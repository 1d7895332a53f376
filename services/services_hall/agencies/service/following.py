"""Agencies that follow: an authorisation that is revoked, a calendar that is set, a case whose counter moves."""

from uuid import UUID

from services.services_hall.agencies.domain import REVOKED, AgencyStep
from services.services_hall.agencies.repository import AgencyRepository
from services.services_hall.agencies.service.moving import AgencyMoving, Custody
from services.services_hall.agents.models import Agent
from services.services_hall.cases.repository import CaseRepository
from shared.contracts.services_hall.agencies import (
    AgencyBoundaryChanged,
    AgencyRescheduled,
    AgencyRevoked,
    AgencyUndone,
)
from shared.messaging.context import UseCaseContext


class AgencyFollowing:
    """A follower of authorisations (`AuthorisationFollower`) and of cases (`CaseFollower`); the work of agents
    (`AgentWork`).
    """

    def __init__(self, context: UseCaseContext, custody: Custody) -> None:
        self._clock = context.clock
        self._moving = AgencyMoving(context)
        self._agencies = AgencyRepository(context.session)
        self._cases = CaseRepository(context.session)
        self._custody = custody

    async def revoked(self, authorisation: UUID, by: str) -> None:
        """What is carried by it ends; a visit that was arranged is called off."""
        for agency in await self._agencies.carried_by_locked(authorisation):
            ended = {"status": REVOKED, "revoked_at": self._clock.now(), "visit_on": None}
            moved = await self._moving.rows.move(agency, AgencyStep.REVOKE, by, **ended)
            self._moving.tell(AgencyRevoked, moved)

    async def restored(self, authorisation: UUID, by: str) -> None:
        """What ended with it goes on where it was, dated anew."""
        await self._moving.deadlines.hold()
        for agency in await self._agencies.revoked_with_locked(authorisation):
            to = await self._moving.rows.before(agency)
            assert to is not None, "it ended by a step"
            anew = await self._moving.dates(self._moving.rows.read_back(to.content))
            moved = await self._moving.rows.go_back(agency, to, AgencyStep.RESTORE, by, **anew)
            self._moving.tell(AgencyUndone, moved)

    async def is_used(self, authorisation: UUID) -> bool:
        """Whether anything was ever entrusted by it."""
        return await self._agencies.is_used(authorisation)

    async def is_carrying(self, agent: Agent, *, ever: bool) -> bool:
        """Whether matters are in an agent's hands, or originals of the village; `ever`: or were."""
        carries = await self._agencies.is_carried(agent.id, ever=ever)
        return carries or await self._custody.is_held(agent.account, agent.area, ever=ever)

    async def reschedule(self) -> None:
        """The calendar was set: the days to forward by that rest on it are computed again."""
        await self._moving.deadlines.change()
        for agency in await self._agencies.unforwarded_locked():
            given = {name: getattr(agency, name) for name in ("status", "accepted_at", "forward_days")}
            dates = await self._moving.dates(given)
            if any(getattr(agency, name) != value for name, value in dates.items()):
                moved = await self._moving.rows.follow(agency, AgencyStep.RESCHEDULE, **dates)
                self._moving.tell(AgencyRescheduled, moved)

    async def relocated(self, case: UUID, origin: str, to: str) -> None:
        """The counter of a case got another area: what is carried of it is carried there."""
        found = await self._cases.get(case)
        assert found is not None, "it was moved a moment ago"
        for agency in await self._agencies.of_case_locked(case, origin):
            moved = await self._moving.rows.follow(agency, AgencyStep.BOUNDARY, area=to, former=found.former)
            self._moving.tell(AgencyBoundaryChanged, moved)
