"""Tables of agents' files and of every version of them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.services_hall.agents.domain import AgentStep
from services.services_hall.base import Base
from shared.contracts.services_hall.agents import AgentPost, AgentStatus
from shared.db.base import AreaText, append_only
from shared.db.sealing import sealed
from shared.db.stepped_rows import StepVersionColumns


def listed(codes: Any) -> str:
    """Codes as the list of a CHECK."""
    return ", ".join(f"'{code}'" for code in codes)


class Agent(Base):
    """An agent's file: one login in one village. `absent_since`, `absent_until`: the days away that were entered last;
    `substitute_id`: who stands in on them.
    """

    __tablename__ = "agents"
    __table_args__: Any = (
        CheckConstraint(f"status IN ({listed(AgentStatus)})", name="status"),
        CheckConstraint(f"post IN ({listed(AgentPost)})", name="post"),
        CheckConstraint("until >= since", name="term"),
        CheckConstraint("absent_until >= absent_since", name="absence"),
        CheckConstraint("num_nonnulls(absent_since, absent_until, substitute_id) IN (0, 3)", name="substitute"),
        CheckConstraint("substitute_id <> id", name="two"),
        Index("uq_agents_serving", "area", "account", unique=True, postgresql_where=text("status = 'serving'")),
        Index("ix_agents_area", "area", "id"),
        Index("ix_agents_account", "account"),
        Index("ix_agents_substitute", "substitute_id", postgresql_where=text("substitute_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    status: Mapped[str]
    area: Mapped[str] = mapped_column(AreaText)
    former: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    post: Mapped[str]
    account: Mapped[str]
    name: Mapped[bytes] = sealed("agents.name")
    phone: Mapped[bytes] = sealed("agents.phone")
    since: Mapped[date]
    until: Mapped[date | None]
    absent_since: Mapped[date | None]
    absent_until: Mapped[date | None]
    substitute_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id"))


class AgentVersion(StepVersionColumns, Base):
    """What an agent's file was from a step on. Name and phone are not in it."""

    __tablename__ = "agent_versions"
    __table_args__: Any = (CheckConstraint(f"step IN ({listed(AgentStep)})", name="step"), append_only())

    agent_id: Mapped[UUID] = mapped_column(ForeignKey("agents.id"), primary_key=True)
