"""Every query on authorisations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.services_hall.authorisations.models import Authorisation
from services.services_hall.cases.models import Case, CaseDigest
from shared.auth.scope import DepartmentScope


class AuthorisationRepository:
    """Authorisations by the counter of the case whose applicant signed."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> Authorisation | None:
        return await self._session.get(Authorisation, id)

    async def locked(self, id: UUID) -> Authorisation | None:
        """The authorisation, locked until the transaction ends, as it is by then."""
        return await self._session.get(Authorisation, id, with_for_update=True, populate_existing=True)

    async def of_case_locked(self, case: UUID) -> Sequence[Authorisation]:
        """Those that the applicant of a case gave there, by id and locked."""
        statement = select(Authorisation).where(Authorisation.case_id == case).order_by(Authorisation.id)
        return list(await self._session.scalars(statement.with_for_update()))

    async def have_one_applicant(self, one: UUID, other: UUID) -> bool:
        """Whether two cases have the same applicant: of the register, or by the same number."""
        first, second = aliased(Case), aliased(Case)
        same = exists().where(first.id == one, second.id == other, first.person_id == second.person_id)
        mine, theirs = aliased(CaseDigest), aliased(CaseDigest)
        equal = and_(mine.key_id == theirs.key_id, mine.digest == theirs.digest)
        number = exists().where(mine.holder == one, theirs.holder == other, equal)
        return one == other or bool(await self._session.scalar(select(same | number)))

    async def page(
        self, scope: DepartmentScope, case: UUID | None, *, after: UUID | None, limit: int
    ) -> Sequence[Authorisation]:
        """Authorisations in scope by id."""
        statement = select(Authorisation).where(*_matches(scope, case)).order_by(Authorisation.id).limit(limit)
        if after is not None:
            statement = statement.where(Authorisation.id > after)
        return list(await self._session.scalars(statement))

    async def count(self, scope: DepartmentScope, case: UUID | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(Authorisation).where(*_matches(scope, case))
        return await self._session.scalar(statement) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Authorisation]:
        """The next authorisations by id, locked, whatever their area: for restatement."""
        statement = select(Authorisation).order_by(Authorisation.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Authorisation.id > after)
        return list(await self._session.scalars(statement))


def _matches(scope: DepartmentScope, case: UUID | None) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Authorisation.area, Authorisation.department)]
    if case is not None:
        conditions.append(Authorisation.case_id == case)
    return conditions
