"""Every query on agencies."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.agencies.domain import (
    ACCEPTED,
    CARRIED,
    REPORTED,
    REVOKED,
    UNFINISHED,
    AgencyDesk,
    AgencyFilter,
)
from services.services_hall.agencies.models import Agency
from services.services_hall.agents.models import Agent
from services.services_hall.agents.repository import acting
from shared.auth.scope import DepartmentScope


class AgencyRepository:
    """Agencies by the counter of their case."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> Agency | None:
        return await self._session.get(Agency, id)

    async def locked(self, id: UUID) -> Agency | None:
        """The agency, locked until the transaction ends, as it is by then."""
        return await self._session.get(Agency, id, with_for_update=True, populate_existing=True)

    async def held(self, id: UUID) -> Agency | None:
        """The agency, which nobody moves until the transaction ends."""
        statement = select(Agency).where(Agency.id == id).with_for_update(read=True)
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def carried_by_locked(self, authorisation: UUID) -> Sequence[Agency]:
        """What an agent carries by an authorisation, by id and locked."""
        return await self._all_locked(Agency.authorisation_id == authorisation, Agency.status.in_(CARRIED))

    async def revoked_with_locked(self, authorisation: UUID) -> Sequence[Agency]:
        """What ended with an authorisation, by id and locked."""
        return await self._all_locked(Agency.authorisation_id == authorisation, Agency.status == REVOKED)

    async def unforwarded_locked(self) -> Sequence[Agency]:
        """What was accepted and is not forwarded, by id and locked: whose limit runs."""
        return await self._all_locked(Agency.status == ACCEPTED)

    async def of_case_locked(self, case: UUID, area: str) -> Sequence[Agency]:
        """Agencies of a case whose counter is in an area itself, by id and locked; ended ones, which an undo brings
        back, among them.
        """
        return await self._all_locked(Agency.case_id == case, Agency.area == area)

    async def is_used(self, authorisation: UUID) -> bool:
        """Whether anything was ever entrusted by an authorisation."""
        used = select(Agency.id).where(Agency.authorisation_id == authorisation).limit(1)
        return await self._session.scalar(used) is not None

    async def is_carried(self, agent: UUID, *, ever: bool) -> bool:
        """Whether an agent carries anything; `ever`: or did."""
        mine = select(Agency.id).where(Agency.agent_id == agent).limit(1)
        return await self._session.scalar(mine if ever else mine.where(Agency.status.in_(CARRIED))) is not None

    async def page(
        self, scope: DepartmentScope, wanted: AgencyFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Agency]:
        """Agencies in scope by id."""
        statement = select(Agency).where(*_matches(scope, wanted)).order_by(Agency.id).limit(limit)
        return list(await self._session.scalars(statement if after is None else statement.where(Agency.id > after)))

    async def count(self, scope: DepartmentScope, wanted: AgencyFilter) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(Agency).where(*_matches(scope, wanted))
        return await self._session.scalar(statement) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Agency]:
        """The next agencies by id, locked, whatever their area: for restatement."""
        statement = select(Agency).order_by(Agency.id).limit(limit).with_for_update()
        return list(await self._session.scalars(statement if after is None else statement.where(Agency.id > after)))

    async def _all_locked(self, *chosen: ColumnElement[bool]) -> Sequence[Agency]:
        statement = select(Agency).where(*chosen).order_by(Agency.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))


def _matches(scope: DepartmentScope, wanted: AgencyFilter) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Agency.area, Agency.department)]
    if wanted.status is not None:
        conditions.append(Agency.status == wanted.status)
    match wanted.desk:
        case AgencyDesk.MINE:
            mine = exists().where(Agent.id == Agency.agent_id, acting(Agent, wanted.account, wanted.today))
            conditions += [Agency.status.in_(CARRIED), mine]
        case AgencyDesk.FORWARDING_OVERDUE:
            conditions += [Agency.status == ACCEPTED, Agency.forward_due_on < wanted.today]
        case AgencyDesk.VISITS_DUE:
            conditions += [Agency.status.in_(UNFINISHED), Agency.visit_on <= wanted.today]
        case AgencyDesk.CALL_BACKS:
            conditions.append(Agency.status == REPORTED)
    return conditions
