"""Queries over posts at which officers signed on, and over absences."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.tasks.domain import AbsenceStatus
from services.services_hall.tasks.models import Absence, OfficerPost
from shared.auth.principal import Grant

OPEN = (AbsenceStatus.PLANNED, AbsenceStatus.BEGUN)


class OfficerRepository:
    """Who is at work. The caller asks the scope."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def set_posts(self, officer: str, posts: Sequence[Grant], at: datetime) -> None:
        """The posts of an officer from now on; no others."""
        kept = {(one.role, one.area, one.department or "") for one in posts}
        rows = [
            {"officer": officer, "role": role, "area": area, "department": department, "signed_on_at": at}
            for role, area, department in sorted(kept)
        ]
        await self._session.execute(delete(OfficerPost).where(OfficerPost.officer == officer))
        if rows:
            statement = insert(OfficerPost).values(rows).on_conflict_do_nothing()
            await self._session.execute(statement)

    async def posts_of(self, officer: str, since: datetime) -> Sequence[OfficerPost]:
        """The posts of an officer who signed on since an instant."""
        of = OfficerPost.officer == officer, OfficerPost.signed_on_at > since
        statement = select(OfficerPost).where(*of).order_by(OfficerPost.area, OfficerPost.role, OfficerPost.department)
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))

    async def posts_over(self, area: str, department: str, since: datetime) -> Sequence[OfficerPost]:
        """Posts that reach an area and a department, signed on since an instant."""
        above = [area[:digits] for digits in range(2, len(area) + 1)]
        here = OfficerPost.area.in_(above), or_(OfficerPost.department == "", OfficerPost.department == department)
        statement = select(OfficerPost).where(*here, OfficerPost.signed_on_at > since)
        return list(await self._session.scalars(statement.order_by(OfficerPost.officer, OfficerPost.area)))

    async def add(self, absence: Absence) -> None:
        """A new one, inserted at once: a second open one of an officer is refused by the table."""
        self._session.add(absence)
        await self._session.flush()

    async def locked(self, id: UUID) -> Absence | None:
        """The absence, locked until the transaction ends."""
        return await self._session.get(Absence, id, with_for_update=True, populate_existing=True)

    async def open(self, limit: int) -> Sequence[Absence]:
        """Absences that are planned or have begun, by day and id."""
        statement = select(Absence).where(Absence.status.in_(OPEN)).order_by(Absence.from_on, Absence.id).limit(limit)
        return list(await self._session.scalars(statement))

    async def absent(self, day: date) -> frozenset[str]:
        """Who is away on a day."""
        away = Absence.status.in_(OPEN), Absence.from_on <= day, Absence.until_on >= day
        return frozenset(await self._session.scalars(select(Absence.officer).where(*away)))

    async def turning(self, day: date, limit: int) -> Sequence[Absence]:
        """Absences that begin by a day, or have ended before it, by id and locked."""
        begins = (Absence.status == AbsenceStatus.PLANNED) & (Absence.from_on <= day)
        over = (Absence.status == AbsenceStatus.BEGUN) & (Absence.until_on < day)
        statement = select(Absence).where(or_(begins, over)).order_by(Absence.id).limit(limit)
        return list(await self._session.scalars(statement.with_for_update(skip_locked=True)))
