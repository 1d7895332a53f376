"""Every query on originals in custody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.originals.domain import HELD, LOST, OUT, SENT, OriginalDesk, OriginalFilter
from services.services_hall.originals.models import Original
from shared.auth.scope import DepartmentScope


class OriginalRepository:
    """Originals by the counter of their case, and by the offices that have them or are to get them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID, scope: DepartmentScope) -> Original | None:
        """The original, if the scope opens it at one of its places."""
        statement = select(Original).where(Original.id == id, reaches(scope))
        return (await self._session.scalars(statement)).one_or_none()

    async def locked(self, id: UUID) -> Original | None:
        """The original, locked until the transaction ends, as it is by then; for a caller who is judged afterwards."""
        return await self._session.get(Original, id, with_for_update=True, populate_existing=True)

    async def agency_of(self, id: UUID) -> UUID | None:
        """Of which agency an original is."""
        found: UUID | None = await self._session.scalar(select(Original.agency_id).where(Original.id == id))
        return found

    async def many_of(self, agency: UUID) -> int:
        """How many originals an agency has, whatever became of them."""
        statement = select(func.count()).select_from(Original).where(Original.agency_id == agency)
        return await self._session.scalar(statement) or 0

    async def is_outstanding(self, agency: UUID) -> bool:
        """Whether an original of an agency is out, or was lost and nobody told the applicant."""
        out = or_(Original.status.in_((HELD, SENT)), and_(Original.status == LOST, Original.told_on.is_(None)))
        found = select(Original.id).where(Original.agency_id == agency, out).limit(1)
        return await self._session.scalar(found) is not None

    async def is_held(self, account: str, area: str, *, ever: bool) -> bool:
        """Whether a login answers for originals of a counter; `ever`: or received one there."""
        has = and_(Original.holder == account, Original.status.in_(OUT))
        theirs = or_(has, Original.received_by == account) if ever else has
        found = select(Original.id).where(Original.area == area, theirs).limit(1)
        return await self._session.scalar(found) is not None

    async def of_case_locked(self, case: UUID, area: str) -> Sequence[Original]:
        """Originals of a case whose counter is in an area itself, by id and locked; what is back, and an undo brings
        out again, among them.
        """
        statement = select(Original).where(Original.case_id == case, Original.area == area)
        statement = statement.order_by(Original.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))

    async def page(
        self, scope: DepartmentScope, wanted: OriginalFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Original]:
        """Originals in scope by id."""
        statement = select(Original).where(*_matches(scope, wanted)).order_by(Original.id).limit(limit)
        return list(await self._session.scalars(statement if after is None else statement.where(Original.id > after)))

    async def count(self, scope: DepartmentScope, wanted: OriginalFilter) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(Original).where(*_matches(scope, wanted))
        return await self._session.scalar(statement) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Original]:
        """The next originals by id, locked, whatever their area: for restatement."""
        statement = select(Original).order_by(Original.id).limit(limit).with_for_update()
        return list(await self._session.scalars(statement if after is None else statement.where(Original.id > after)))


def reaches(scope: DepartmentScope) -> ColumnElement[bool]:
    """The originals that a scope opens: at the counter, where they are, or where they are to go."""
    here = and_(Original.holder_area.is_not(None), scope.where(Original.holder_area, Original.holder_department))
    return or_(scope.where(Original.area, Original.department), here, _arriving(scope))


def _arriving(scope: DepartmentScope) -> ColumnElement[bool]:
    return and_(Original.sent_area.is_not(None), scope.where(Original.sent_area, Original.sent_department))


def _matches(scope: DepartmentScope, wanted: OriginalFilter) -> list[ColumnElement[bool]]:
    conditions = [reaches(scope)]
    if wanted.status is not None:
        conditions.append(Original.status == wanted.status)
    if wanted.agency is not None:
        conditions.append(Original.agency_id == wanted.agency)
    match wanted.desk:
        case OriginalDesk.MINE:
            conditions += [Original.status.in_(OUT), Original.holder == wanted.account]
        case OriginalDesk.ARRIVING:
            conditions += [_arriving(scope), Original.holder != wanted.account]
        case OriginalDesk.LOST_UNTOLD:
            conditions += [Original.status == LOST, Original.told_on.is_(None)]
    return conditions
