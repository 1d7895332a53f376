"""Queries over organisations and their versions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.organisations.domain import ACTIVE, OrganisationFilter
from services.registry.organisations.models import Organisation, OrganisationVersion
from shared.auth.scope import Scope, inside
from shared.db.row_versions import RowVersionRepository


class OrganisationRepository:
    """Organisations by the area of their seat."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.history = RowVersionRepository(session, OrganisationVersion, OrganisationVersion.organisation_id)

    async def add(self, organisation: Organisation) -> None:
        """A new one, inserted at once."""
        self._session.add(organisation)
        await self._session.flush()

    async def get(self, id: UUID) -> Organisation | None:
        """One by id. The caller asks the scope."""
        return await self._session.get(Organisation, id)

    async def locked(self, id: UUID, *, only_read: bool = False) -> Organisation | None:
        """The same, locked until the transaction ends; `only_read`: kept from being changed, by several at once."""
        statement = select(Organisation).where(Organisation.id == id).with_for_update(read=only_read)
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def all_locked(self, villages: Collection[str]) -> Sequence[Organisation]:
        """Organisations of these villages, locked in id order."""
        return await self._all_locked(or_(false(), *(inside(Organisation.area, one) for one in villages)))

    async def all_taken(self, change: UUID) -> Sequence[Organisation]:
        """Those that a change of areas took along last, locked in id order."""
        return await self._all_locked(Organisation.former[-1]["change"].astext == str(change))

    async def any_active(self, area: str) -> bool:
        """Whether an active one has its seat in the area."""
        here = exists().where(inside(Organisation.area, area), Organisation.status == ACTIVE)
        return bool(await self._session.scalar(select(here)))

    async def _all_locked(self, which: ColumnElement[bool]) -> Sequence[Organisation]:
        statement = select(Organisation).where(which).order_by(Organisation.id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).all()

    async def page(
        self, scope: Scope, wanted: OrganisationFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Organisation]:
        """Organisations in scope, by id."""
        statement = select(Organisation).where(*_matches(scope, wanted)).order_by(Organisation.id).limit(limit)
        if after is not None:
            statement = statement.where(Organisation.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: Scope, wanted: OrganisationFilter) -> int:
        """How many `page` lists in all."""
        statement = select(func.count(Organisation.id)).where(*_matches(scope, wanted))
        return await self._session.scalar(statement) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Organisation]:
        """The next organisations by id, locked until the transaction ends."""
        statement = select(Organisation).order_by(Organisation.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Organisation.id > after)
        return (await self._session.scalars(statement)).all()

    async def known(self, village: str, compared: str, code: str | None, *, but: UUID) -> Sequence[Organisation]:
        """Other active ones of the village with that name or code."""
        same = [Organisation.compared == compared, *([Organisation.credit_code == code] if code else [])]
        statement = select(Organisation).where(
            inside(Organisation.area, village), Organisation.status == ACTIVE, Organisation.id != but, or_(*same)
        )
        return (await self._session.scalars(statement)).all()

    async def named(self, keys: Collection[tuple[str, str]]) -> Sequence[Organisation]:
        """Those of these villages and names (as compared), ended and withdrawn ones too, newest first."""
        each = (and_(inside(Organisation.area, one), Organisation.compared == name) for one, name in keys)
        statement = select(Organisation).where(or_(false(), *each)).order_by(Organisation.id.desc())
        return (await self._session.scalars(statement)).all()


def _matches(scope: Scope, wanted: OrganisationFilter) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Organisation.area)]
    if wanted.kind is not None:
        conditions.append(Organisation.kind == wanted.kind)
    if wanted.status is not None:
        conditions.append(Organisation.status == wanted.status)
    if wanted.name is not None:
        conditions.append(Organisation.compared.contains(wanted.name, autoescape=True))
    if wanted.credit_code is not None:
        conditions.append(Organisation.credit_code == wanted.credit_code)
    return conditions
