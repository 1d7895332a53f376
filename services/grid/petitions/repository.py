"""Every query about petitions."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.petitions.domain.rules import OPEN, PetitionFilter, PetitionLimits
from services.grid.petitions.models import Petition, PetitionVersion
from shared.contracts.grid.petitions import PetitionStatus
from shared.db.row_versions import RowVersionRepository


def is_late(today: date, limits: PetitionLimits) -> ColumnElement[bool]:
    """An office is past the law's last day (`Petition.act_by`)."""
    return or_(
        and_(Petition.status == PetitionStatus.REGISTERED, Petition.registered_on + limits.accept < today),
        and_(
            Petition.status.in_((PetitionStatus.ACCEPTED, PetitionStatus.ASSIGNED)),
            func.coalesce(Petition.answer_by, today) < today,
        ),
        and_(
            Petition.status == PetitionStatus.UNDER_REVIEW,
            func.coalesce(Petition.review_asked_on, today) + limits.review < today,
        ),
        and_(
            Petition.status == PetitionStatus.UNDER_FINAL_REVIEW,
            func.coalesce(Petition.final_asked_on, today) + limits.review < today,
        ),
    )


def _matches(wanted: PetitionFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(Petition.status == wanted.status)
    if wanted.overdue is not None:
        late = is_late(today, PetitionLimits())
        conditions.append(late if wanted.overdue else not_(late))
    if wanted.reception_id is not None:
        conditions.append(Petition.reception_id.is_not_distinct_from(wanted.reception_id))
    return conditions


class PetitionRepository:
    """Petitions with their history."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.history = RowVersionRepository(session, PetitionVersion, PetitionVersion.petition_id)

    async def add(self, petition: Petition) -> None:
        self._session.add(petition)
        await self._session.flush()

    async def get(self, id: UUID, scope: ColumnElement[bool]) -> Petition | None:
        return (await self._session.scalars(select(Petition).where(Petition.id == id, scope))).one_or_none()

    async def locked(self, id: UUID) -> Petition | None:
        return await self._session.get(Petition, id, with_for_update=True, populate_existing=True)

    async def page(
        self, scope: ColumnElement[bool], wanted: PetitionFilter, *, today: date, after: UUID | None, limit: int
    ) -> Sequence[Petition]:
        """Petitions, the newest first."""
        statement = select(Petition).where(scope, *_matches(wanted, today)).order_by(Petition.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(Petition.id < after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: ColumnElement[bool], wanted: PetitionFilter, *, today: date) -> int:
        """How many `page` gives in all."""
        counted = select(func.count(Petition.id)).where(scope, *_matches(wanted, today))
        return (await self._session.scalar(counted)) or 0

    async def in_hand_locked(self, areas: Collection[str]) -> Sequence[Petition]:
        """Petitions of these areas themselves that may go on, by id and locked."""
        return await self._locked(Petition.status.in_(OPEN), Petition.area.in_(areas))

    async def all_in_locked(self, areas: Collection[str]) -> Sequence[Petition]:
        """The same of all."""
        return await self._locked(Petition.area.in_(areas))

    async def all_taken(self, change: UUID) -> Sequence[Petition]:
        """Petitions that went along with a change of areas, by id and locked."""
        return await self._locked(Petition.former.contains([{"change": str(change)}]))

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Petition]:
        """The next petitions in the order of their ids, locked until the end of the transaction."""
        statement = select(Petition).order_by(Petition.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Petition.id > after)
        return (await self._session.scalars(statement)).all()

    async def _locked(self, *chosen: ColumnElement[bool]) -> Sequence[Petition]:
        statement = select(Petition).where(*chosen).order_by(Petition.id).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()
