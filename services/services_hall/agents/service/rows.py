"""Agents' files with every version of them: what an undo brings back."""

from services.services_hall.agents.models import Agent, AgentVersion
from shared.db.stepped_rows import SteppedRows
from shared.messaging.context import UseCaseContext

FIXED = frozenset({"area", "former", "account", "name", "phone"})
"""Columns that no undo brings back."""


def rows_of_agents(context: UseCaseContext) -> SteppedRows[Agent, AgentVersion]:
    """Agents' files with their versions."""
    return SteppedRows(context.session, context.clock, Agent, AgentVersion, AgentVersion.agent_id, fixed=FIXED)
