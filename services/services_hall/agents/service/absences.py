"""What is asked before somebody is away (离岗): on days that are entered, and on days that hold again after an undo."""

from uuid import UUID

from services.services_hall.agents.domain import Absence, AgentStillCarries, stands_in
from services.services_hall.agents.models import Agent, AgentVersion
from services.services_hall.agents.repository import AgentRepository
from shared.clock import today
from shared.db.stepped_rows import SteppedRows
from shared.messaging.context import UseCaseContext

FIXED = frozenset({"area", "former", "account", "name", "phone"})


class AgentAbsences:
    """Days away, beside those of who stands in and of whom the agent stands in for."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._agents = AgentRepository(context.session)
        self._rows = rows_of_agents(context)

    async def held_again(self, id: UUID) -> tuple[int, Absence | None]:
        """The version of a file, not locked, and the days away, not over yet, that an undo of its last step brings
        back; 0 if there is no file.
        """
        agent = await self._agents.get(id)
        if agent is None:
            return 0, None
        to = await self._rows.before(agent)
        again = {} if to is None else self._rows.read_back(to.content)
        if again.get("substitute_id") is None or again["absent_until"] < today(self._clock):
            return agent.version, None
        return agent.version, Absence(again["absent_since"], again["absent_until"], again["substitute_id"])

    async def may_be(self, agent: Agent, absence: Absence) -> bool:
        """Whether who is to stand in does; both files are locked. Raises `AgentStillCarries` for who is relied upon."""
        if await self._agents.stands_in_for(agent.id, absence.since, absence.until):
            raise AgentStillCarries(agent.id)
        other = await self._agents.get(absence.substitute)
        if other is None or other.id == agent.id or other.area != agent.area:
            return False
        return stands_in(other, absence)


def rows_of_agents(context: UseCaseContext) -> SteppedRows[Agent, AgentVersion]:
    """Agents' files with their versions."""
    return SteppedRows(context.session, context.clock, Agent, AgentVersion, AgentVersion.agent_id, fixed=FIXED)
