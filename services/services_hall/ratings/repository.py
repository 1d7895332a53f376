"""Every query on ratings and their links."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.models import CaseStep
from services.services_hall.ratings.domain import RatingFilter
from services.services_hall.ratings.models import Rating, RatingLink
from shared.auth.scope import DepartmentScope
from shared.contracts.services_hall.ratings import RatingStatus
from shared.reference.satisfaction import LOWEST


class RatingRepository:
    """Ratings by the area of the counter and the item's department."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: Rating | RatingLink) -> None:
        """A new one, inserted at once: a second rating of a contact is refused by the table."""
        self._session.add(row)
        await self._session.flush()

    async def link(self, id: UUID) -> RatingLink | None:
        return await self._session.get(RatingLink, id)

    async def link_locked(self, id: UUID) -> RatingLink | None:
        """A link, locked until the transaction ends."""
        return await self._session.get(RatingLink, id, with_for_update=True, populate_existing=True)

    async def link_of_locked(self, case: UUID, contact: str) -> RatingLink | None:
        """The link of a contact, locked."""
        statement = select(RatingLink).where(RatingLink.case_id == case, RatingLink.contact == contact)
        return (await self._session.scalars(statement.with_for_update())).one_or_none()

    async def locked(self, id: UUID) -> Rating | None:
        """A rating, locked. The caller asks the scope."""
        return await self._session.get(Rating, id, with_for_update=True, populate_existing=True)

    async def get(self, id: UUID) -> Rating | None:
        return await self._session.get(Rating, id)

    async def of_contact(self, case: UUID, contact: str) -> Rating | None:
        """The rating of a contact that was not withdrawn, locked."""
        of = Rating.case_id == case, Rating.contact == contact, Rating.status != RatingStatus.WITHDRAWN
        return (await self._session.scalars(select(Rating).where(*of).with_for_update())).one_or_none()

    async def has_handled(self, case: UUID, officer: str) -> bool:
        """Whether an officer took a step of a case."""
        taken = select(CaseStep.version).where(CaseStep.case_id == case, CaseStep.actor == officer).limit(1)
        return await self._session.scalar(taken) is not None

    async def page(
        self, scope: DepartmentScope, wanted: RatingFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Rating]:
        """Ratings in scope, the newest first."""
        statement = select(Rating).where(*_matches(scope, wanted)).order_by(Rating.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(Rating.id < after)
        return list(await self._session.scalars(statement))

    async def count(self, scope: DepartmentScope, wanted: RatingFilter) -> int:
        """How many `page` lists in all."""
        statement = select(func.count()).select_from(Rating).where(*_matches(scope, wanted))
        return await self._session.scalar(statement) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Rating]:
        """The next ratings by id, locked: for restatement."""
        statement = select(Rating).order_by(Rating.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Rating.id > after)
        return list(await self._session.scalars(statement))


def _matches(scope: DepartmentScope, wanted: RatingFilter) -> Collection[ColumnElement[bool]]:
    conditions = [scope.where(Rating.area, Rating.department)]
    equal = ((Rating.status, wanted.status), (Rating.channel_used, wanted.channel), (Rating.contact, wanted.contact))
    conditions += [column == value for column, value in equal if value is not None]
    if wanted.low:
        conditions.append(Rating.level.in_(LOWEST))
    return conditions
