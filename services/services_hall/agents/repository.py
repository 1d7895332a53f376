"""Every query on agents' files."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.agents.domain import SERVING, AgentFilter
from services.services_hall.agents.models import Agent
from shared.auth.scope import Scope


class AgentRepository:
    """Agents' files by their village."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> Agent | None:
        return await self._session.get(Agent, id)

    async def locked(self, id: UUID, *beside: UUID) -> Agent | None:
        """The file, locked until the transaction ends, as it is by then; `beside`: and these, for `get`.

        By id, so that two who name each other's file do not wait crosswise.
        """
        await self._all_locked(Agent.id.in_({id, *beside}))
        return await self.get(id)

    async def held(self, id: UUID) -> Agent | None:
        """The file, which nobody changes until the transaction ends: for what is given into these hands."""
        statement = select(Agent).where(Agent.id == id).with_for_update(read=True)
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def stands_in_for(self, id: UUID, since: date, until: date = date.max) -> bool:
        """Whether somebody is away on one of these days in whose place this agent stands."""
        away = Agent.absent_until >= since, Agent.absent_since <= until
        theirs = select(Agent.id).where(Agent.substitute_id == id, Agent.status == SERVING, *away).limit(1)
        return await self._session.scalar(theirs) is not None

    async def page(self, scope: Scope, wanted: AgentFilter, *, after: UUID | None, limit: int) -> Sequence[Agent]:
        """Files of villages in scope, by id."""
        statement = select(Agent).where(*_matches(scope, wanted)).order_by(Agent.id).limit(limit)
        return list(await self._session.scalars(statement if after is None else statement.where(Agent.id > after)))

    async def count(self, scope: Scope, wanted: AgentFilter) -> int:
        """How many `page` would list in all."""
        return await self._session.scalar(select(func.count()).select_from(Agent).where(*_matches(scope, wanted))) or 0

    async def serving_in_locked(self, areas: Collection[str]) -> Sequence[Agent]:
        """Who serves these villages themselves, by id and locked."""
        return await self._all_locked(Agent.area.in_(areas), Agent.status == SERVING)

    async def is_serving(self, area: str, account: str) -> bool:
        """Whether a login serves a village."""
        same = Agent.area == area, Agent.account == account, Agent.status == SERVING
        return await self._session.scalar(select(Agent.id).where(*same)) is not None

    async def all_taken(self, change: UUID) -> Sequence[Agent]:
        """Those that went along with a change of areas, by id and locked."""
        return await self._all_locked(Agent.former != [], Agent.former.contains([{"change": str(change)}]))

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Agent]:
        """The next files by id, locked, whatever their village: for restatement."""
        statement = select(Agent).order_by(Agent.id).limit(limit).with_for_update()
        return list(await self._session.scalars(statement if after is None else statement.where(Agent.id > after)))

    async def _all_locked(self, *chosen: ColumnElement[bool]) -> Sequence[Agent]:
        statement = select(Agent).where(*chosen).order_by(Agent.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))


def acting(agent: Any, account: str, day: date) -> ColumnElement[bool]:
    """Whether a login acts for an agent on a day: as itself, or as who stands in (`domain.is_away_on`).

    Nobody acts for who serves no longer.
    """
    away = and_(agent.absent_since <= day, agent.absent_until >= day)
    theirs = select(Agent.id).where(Agent.account == account, Agent.status == SERVING)
    mine = and_(agent.account == account, func.coalesce(away, False).is_(False))
    return and_(agent.status == SERVING, or_(mine, and_(away, agent.substitute_id.in_(theirs))))


def _matches(scope: Scope, wanted: AgentFilter) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Agent.area)]
    if wanted.status is not None:
        conditions.append(Agent.status == wanted.status)
    if wanted.account is not None:
        conditions.append(Agent.account == wanted.account)
    return conditions
