"""Every query about visits and their plans."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.visits.domain import AnyTag, VisitFilter
from services.grid.visits.models import Visit, VisitPlan
from shared.contracts.grid.visits import VisitStatus
from shared.ledgers.records.models import LedgerRecord


def matches(wanted: VisitFilter, today: date) -> list[ColumnElement[bool]]:
    """The filter as conditions, without the area, which narrows the scope. Each is true or false, never unknown."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(Visit.status == wanted.status)
    if wanted.person_id is not None:
        conditions.append(Visit.person_id == wanted.person_id)
    if wanted.overdue is not None:
        late = and_(Visit.status == VisitStatus.DUE, Visit.due_on < today)
        conditions.append(late if wanted.overdue else not_(late))
    if wanted.worker is not None:
        conditions.append(Visit.worker.is_not_distinct_from(wanted.worker))
    if wanted.missed is not None:
        conditions.append(Visit.missed_on.is_not(None) if wanted.missed else Visit.missed_on.is_(None))
    return conditions


TAG_IS_OPEN = text(
    """
    EXISTS (
      SELECT FROM projected_states AS tag
      WHERE tag.slot = coalesce((SELECT live FROM projection_slots), 0) AND tag.noun = visit_plans.noun
        AND tag.aggregate = visit_plans.tag_id::text AND tag.state->>'ended_on' IS NULL
    )
    """
)
"""A residence that lies ahead begins by itself: no event says so on the day."""


class VisitRepository:
    """Visits with the plans that make them due."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ensure_plans(self, tags: Iterable[AnyTag]) -> None:
        """A plan for every tag that has none yet. Another transaction that makes the same one is waited for."""
        rows = [
            {
                "tag_id": tag.id,
                "noun": tag.noun,
                "person_id": tag.person_id,
                "tag_code": tag.code,
                "level": tag.level,
                "area": None,
            }
            for tag in sorted(tags, key=lambda tag: str(tag.id))
        ]
        if rows:
            await self._session.execute(insert(VisitPlan).values(rows).on_conflict_do_nothing())

    async def lock_plans(self, tag_ids: Collection[UUID]) -> dict[UUID, VisitPlan]:
        """The plans, locked in the order of their ids until the end of the transaction."""
        statement = (
            select(VisitPlan)
            .where(VisitPlan.tag_id.in_(tag_ids))
            .order_by(VisitPlan.tag_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {plan.tag_id: plan for plan in await self._session.scalars(statement)}

    async def lock_plan_of(self, visit_id: UUID) -> VisitPlan | None:
        """The plan of a visit, locked until the end of the transaction: meanwhile nobody else changes the visit."""
        statement = (
            select(VisitPlan)
            .join(Visit, Visit.tag_id == VisitPlan.tag_id)
            .where(Visit.id == visit_id)
            .with_for_update(of=VisitPlan)
            .execution_options(populate_existing=True)
        )
        return (await self._session.scalars(statement)).one_or_none()

    async def plans_of(self, person_ids: Collection[UUID]) -> Sequence[VisitPlan]:
        """The plans for these persons."""
        return (await self._session.scalars(select(VisitPlan).where(VisitPlan.person_id.in_(person_ids)))).all()

    async def plans_in(self, grid: str) -> Sequence[VisitPlan]:
        """The plans of people who live in a grid."""
        statement = select(VisitPlan).where(VisitPlan.area == grid).order_by(VisitPlan.tag_id)
        return (await self._session.scalars(statement)).all()

    async def overdue_plans(self, before: date, after: UUID | None, limit: int) -> Sequence[UUID]:
        """Plans whose visit was due before a day and is no incident yet, in the order of their ids."""
        statement = select(Visit.tag_id).where(
            Visit.status == VisitStatus.DUE, Visit.due_on < before, Visit.missed_on.is_(None)
        )
        if after is not None:
            statement = statement.where(Visit.tag_id > after)
        return (await self._session.scalars(statement.order_by(Visit.tag_id).limit(limit))).all()

    async def form(self, record_id: UUID) -> tuple[str, str | None] | None:
        """Ledger and subject of a record; None if there is none."""
        statement = select(LedgerRecord.ledger, LedgerRecord.subject_id).where(LedgerRecord.id == record_id)
        found = (await self._session.execute(statement)).one_or_none()
        return None if found is None else (found.ledger, found.subject_id)

    async def active_plans(self, after: UUID | None, limit: int) -> Sequence[VisitPlan]:
        """Plans that ask for visits, or may begin to as their tag is open, in the order of their ids."""
        active = or_(VisitPlan.area.is_not(None), TAG_IS_OPEN)
        statement = select(VisitPlan).where(active).order_by(VisitPlan.tag_id).limit(limit)
        if after is not None:
            statement = statement.where(VisitPlan.tag_id > after)
        return (await self._session.scalars(statement)).all()

    async def due_of(self, tag_ids: Collection[UUID]) -> dict[UUID, Visit]:
        """The visit that is due for each plan that has one. Hold the plans' locks."""
        statement = (
            select(Visit)
            .where(Visit.tag_id.in_(tag_ids), Visit.status == VisitStatus.DUE)
            .order_by(Visit.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return {visit.tag_id: visit for visit in await self._session.scalars(statement)}

    async def last_done(self, tag_ids: Collection[UUID]) -> dict[UUID, date]:
        """The day of the newest visit paid for each plan that had one."""
        statement = (
            select(Visit.tag_id, func.max(Visit.done_on).label("done_on"))
            .where(Visit.tag_id.in_(tag_ids), Visit.status == VisitStatus.DONE)
            .group_by(Visit.tag_id)
        )
        return {row.tag_id: row.done_on for row in await self._session.execute(statement)}

    async def is_followed(self, visit: Visit) -> bool:
        """Whether a later visit of the same plan was paid."""
        later = select(Visit.id).where(
            Visit.tag_id == visit.tag_id, Visit.status == VisitStatus.DONE, Visit.id > visit.id
        )
        return (await self._session.scalars(later.limit(1))).first() is not None

    def add(self, visit: Visit) -> None:
        self._session.add(visit)

    async def get(self, visit_id: UUID) -> Visit | None:
        return await self._session.get(Visit, visit_id)

    async def page(
        self,
        scope: ColumnElement[bool],
        wanted: VisitFilter,
        *,
        today: date,
        after: tuple[date, UUID] | None,
        limit: int,
    ) -> Sequence[Visit]:
        """Visits, those due first at the head."""
        statement = select(Visit).where(scope, *matches(wanted, today)).order_by(Visit.due_on, Visit.id).limit(limit)
        if after is not None:
            due_on, visit_id = after
            statement = statement.where(or_(Visit.due_on > due_on, and_(Visit.due_on == due_on, Visit.id > visit_id)))
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: ColumnElement[bool], wanted: VisitFilter, *, today: date) -> int:
        """How many a complete list with the same filter would show."""
        return (await self._session.scalar(select(func.count(Visit.id)).where(scope, *matches(wanted, today)))) or 0

    async def locked_after(self, after: UUID | None, limit: int, *, restricted: bool) -> Sequence[Visit]:
        """The next visits of a family in the order of their ids, locked until the end of the transaction."""
        statement = select(Visit).where(Visit.restricted.is_(restricted)).order_by(Visit.id).limit(limit)
        statement = statement.with_for_update()
        if after is not None:
            statement = statement.where(Visit.id > after)
        return (await self._session.scalars(statement)).all()
