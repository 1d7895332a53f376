"""Every query on rectifications."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.rectifications.domain import RUNNING, UNENDED, RectificationFilter
from services.services_hall.rectifications.models import Rectification, RectificationNote, RectificationVersion
from shared.auth.scope import DepartmentScope
from shared.db.row_versions import RowVersionRepository

ANEW = {"populate_existing": True}


class RectificationRepository:
    """Rectifications by the area and department of the office."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.versions = RowVersionRepository(session, RectificationVersion, RectificationVersion.rectification_id)

    async def add(self, row: Rectification) -> None:
        self._session.add(row)
        await self._session.flush()

    def add_note(self, note: RectificationNote) -> None:
        self._session.add(note)

    async def notes(self, id: UUID) -> Sequence[RectificationNote]:
        """What was written at steps of a rectification."""
        of = RectificationNote.rectification_id == id
        return list(await self._session.scalars(select(RectificationNote).where(of)))

    async def get(self, id: UUID) -> Rectification | None:
        return await self._session.get(Rectification, id)

    async def locked(self, id: UUID) -> Rectification | None:
        """A rectification, locked until the transaction ends. The caller asks the scope."""
        return await self._session.get(Rectification, id, with_for_update=True, populate_existing=True)

    async def of_rating_locked(self, rating: UUID) -> Rectification | None:
        """What follows from a rating, locked."""
        statement = select(Rectification).where(Rectification.rating_id == rating).with_for_update()
        return (await self._session.scalars(statement, execution_options=ANEW)).one_or_none()

    async def page(
        self, scope: DepartmentScope, wanted: RectificationFilter, today: date, *, after: UUID | None, limit: int
    ) -> Sequence[Rectification]:
        """Rectifications in scope, the newest first."""
        statement = select(Rectification).where(*_matches(scope, wanted, today)).order_by(Rectification.id.desc())
        if after is not None:
            statement = statement.where(Rectification.id < after)
        return list(await self._session.scalars(statement.limit(limit)))

    async def count(self, scope: DepartmentScope, wanted: RectificationFilter, today: date) -> int:
        """How many `page` lists in all."""
        statement = select(func.count()).select_from(Rectification).where(*_matches(scope, wanted, today))
        return await self._session.scalar(statement) or 0

    async def running_locked(self) -> Sequence[Rectification]:
        """Those whose limit runs, by id and locked."""
        return await self._all_locked(Rectification.status.in_(RUNNING))

    async def unended_in_locked(self, areas: Collection[str]) -> Sequence[Rectification]:
        """Those of offices in these areas themselves that have not ended, by id and locked."""
        return await self._all_locked(Rectification.status.in_(UNENDED), Rectification.area.in_(areas))

    async def all_taken(self, change: UUID) -> Sequence[Rectification]:
        """Those that went along with a change of areas, by id and locked."""
        taken = Rectification.former.contains([{"change": str(change)}])
        return await self._all_locked(Rectification.former != [], taken)

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Rectification]:
        """The next rectifications by id, locked: for restatement."""
        statement = select(Rectification).order_by(Rectification.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Rectification.id > after)
        return list(await self._session.scalars(statement))

    async def _all_locked(self, *chosen: ColumnElement[bool]) -> Sequence[Rectification]:
        statement = select(Rectification).where(*chosen).order_by(Rectification.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options=ANEW))


def _matches(scope: DepartmentScope, wanted: RectificationFilter, today: date) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Rectification.area, Rectification.department)]
    if wanted.status is not None:
        conditions.append(Rectification.status == wanted.status)
    if wanted.overdue:
        conditions += [Rectification.status.in_(RUNNING), Rectification.due_on < today]
    return conditions
