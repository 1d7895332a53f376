"""Agents' files as the house knows them."""

from sqlalchemy import select

from services.services_hall.agents.api import router
from services.services_hall.agents.consumers import areas_changed
from services.services_hall.agents.domain import AgentKnown, AgentStep
from services.services_hall.agents.models import Agent
from services.services_hall.agents.service.agents import restate
from shared.contracts.services_hall.agents import AgentPost, AgentStatus
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="agents",
    about="代办员档案：各村代办员的任期、离岗和替岗。 Who is an agent of which village, and who stands in",
    constraints={"uq_agents_serving": AgentKnown},
    states={"services_hall.agent": Restatement(restate, select(Agent.id))},
    routes=(Route("registry.area"), Route("registry.area_change", areas_changed)),
    code_lists=(
        published("agent_posts", "代办员岗位", AgentPost),
        published("agent_statuses", "代办员状态", AgentStatus),
        published("agent_steps", "代办员档案操作", AgentStep),
    ),
)
