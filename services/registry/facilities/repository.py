"""Queries over facilities and their versions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facilities.domain import OPEN, FacilityFilter
from services.registry.facilities.models import Facility, FacilityVersion
from shared.auth.scope import Scope, inside
from shared.db.row_versions import RowVersionRepository


class FacilityRepository:
    """Facilities by the area in which they are."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.history = RowVersionRepository(session, FacilityVersion, FacilityVersion.facility_id)

    async def add(self, facility: Facility) -> None:
        """A new one, inserted at once."""
        self._session.add(facility)
        await self._session.flush()

    async def get(self, id: UUID) -> Facility | None:
        """One by id. The caller asks the scope."""
        return await self._session.get(Facility, id)

    async def locked(self, id: UUID, *, only_read: bool = False) -> Facility | None:
        """The same, locked until the transaction ends; `only_read`: kept from being changed, by several at once."""
        statement = select(Facility).where(Facility.id == id).with_for_update(read=only_read)
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def all_locked(self, villages: Collection[str]) -> Sequence[Facility]:
        """Facilities of these villages, locked in id order."""
        return await self._all_locked(or_(false(), *(inside(Facility.area, one) for one in villages)))

    async def all_taken(self, change: UUID) -> Sequence[Facility]:
        """Those that a change of areas took along last, locked in id order."""
        return await self._all_locked(Facility.former[-1]["change"].astext == str(change))

    async def any_open(self, area: str) -> bool:
        """Whether an active one is in the area."""
        here = exists().where(inside(Facility.area, area), Facility.status == OPEN)
        return bool(await self._session.scalar(select(here)))

    async def _all_locked(self, which: ColumnElement[bool]) -> Sequence[Facility]:
        statement = select(Facility).where(which).order_by(Facility.id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).all()

    async def page(self, scope: Scope, wanted: FacilityFilter, *, after: UUID | None, limit: int) -> Sequence[Facility]:
        """Facilities in scope, by id."""
        statement = select(Facility).where(*_matches(scope, wanted)).order_by(Facility.id).limit(limit)
        if after is not None:
            statement = statement.where(Facility.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: Scope, wanted: FacilityFilter) -> int:
        """How many `page` lists in all."""
        statement = select(func.count(Facility.id)).where(*_matches(scope, wanted))
        return await self._session.scalar(statement) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Facility]:
        """The next facilities by id, locked until the transaction ends."""
        statement = select(Facility).order_by(Facility.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Facility.id > after)
        return (await self._session.scalars(statement)).all()

    async def known(self, village: str, compared: str, *, but: UUID) -> bool:
        """Whether another open one of the village has that name."""
        same = exists().where(
            inside(Facility.area, village),
            Facility.status == OPEN,
            Facility.id != but,
            Facility.compared == compared,
        )
        return bool(await self._session.scalar(select(same)))

    async def named(self, keys: Collection[tuple[str, str]]) -> Sequence[Facility]:
        """Those of these villages and names (as compared), closed and withdrawn ones too, newest first."""
        same = or_(false(), *(and_(inside(Facility.area, one), Facility.compared == name) for one, name in keys))
        return (await self._session.scalars(select(Facility).where(same).order_by(Facility.id.desc()))).all()


def _matches(scope: Scope, wanted: FacilityFilter) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Facility.area)]
    if wanted.kind is not None:
        conditions.append(Facility.kind == wanted.kind)
    if wanted.status is not None:
        conditions.append(Facility.status == wanted.status)
    if wanted.name is not None:
        conditions.append(Facility.compared.contains(wanted.name, autoescape=True))
    if wanted.serves is not None:
        conditions.append(Facility.serves.contains([str(wanted.serves)]))
    return conditions
