"""Agents of villages that change (区划调整): who serves goes on at the code of now, who has ended keeps the old one."""

from collections.abc import Sequence

from services.services_hall.agents.domain import AgentStep
from services.services_hall.agents.models import Agent
from services.services_hall.agents.repository import AgentRepository
from services.services_hall.agents.service.absences import rows_of_agents
from shared.contracts.registry.area_changes import AreaChangeState
from shared.contracts.services_hall.agents import AgentBoundaryChanged, AgentState
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.area_changes import to_follow


class AgentFollowing:
    """Use case of the hall when areas change."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._agents = AgentRepository(context.session)
        self._rows = rows_of_agents(context)

    async def follow(self, changes: Sequence[AreaChangeState]) -> None:
        """Files follow what was carried out, and go back with what was undone; again changes nothing.

        A login that serves both of two villages which become one keeps its file of the one that stays; the other one
        goes along as the database allows: its code stays old, and whoever appoints agents ends it.
        """
        undone, done = await to_follow(self._session, changes)
        for change in undone:
            for agent in await self._agents.all_taken(change.id):
                at = next(n for n, place in enumerate(agent.former) if place.get("change") == str(change.id))
                await self._relocate(agent, agent.former[at]["area"], agent.former[:at])
        for change in done:
            areas = {one.origin: one.to for one in change.moves if one.to is not None}
            for agent in await self._agents.serving_in_locked(areas):
                to, until = areas[agent.area], max(change.effective_on, agent.since).isoformat()
                if not await self._agents.is_serving(to, agent.account):
                    place = {"area": agent.area, "until": until, "change": str(change.id)}
                    await self._relocate(agent, to, [*agent.former, place])

    async def _relocate(self, agent: Agent, area: str, former: Sequence[object]) -> None:
        moved = await self._rows.follow(agent, AgentStep.BOUNDARY, area=area, former=list(former))
        self._outbox.add(AgentBoundaryChanged(state=AgentState.model_validate(moved)))
