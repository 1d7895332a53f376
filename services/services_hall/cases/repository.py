"""Every query on cases."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.domain import OPEN
from services.services_hall.cases.models import Applicant, Case, CaseSerial, CaseStep
from shared.auth.scope import DepartmentScope
from shared.clock import begin_of
from shared.contracts.services_hall.cases import CaseStatus
from shared.db.sealing import ERASED


class CaseRepository:
    """Cases by the area of the counter that holds them and the department of their item."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Case | CaseStep | Applicant) -> None:
        self._session.add(row)

    async def next_serial(self, item_code: str, day: date) -> int:
        """The next daily serial of an item; two callers never get the same."""
        statement = insert(CaseSerial).values(item_code=item_code, day=day, last=1)
        statement = statement.on_conflict_do_update(
            index_elements=[CaseSerial.item_code, CaseSerial.day], set_={"last": CaseSerial.last + 1}
        )
        serial = await self._session.scalar(statement.returning(CaseSerial.last))
        assert serial is not None
        return serial

    async def get(self, id: UUID) -> Case | None:
        return await self._session.get(Case, id)

    async def locked(self, id: UUID, scope: DepartmentScope) -> Case | None:
        """The case, if it lies in scope, locked until the transaction ends, as it is by then."""
        statement = select(Case).where(Case.id == id, scope.where(Case.area, Case.department)).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def all_locked_of(self, persons: Collection[UUID]) -> None:
        """Lock the cases of these persons in the order of their ids: none of them moves until the transaction ends."""
        mine = select(Case.id).where(Case.person_id.in_(persons)).order_by(Case.id)
        await self._session.execute(mine.with_for_update())

    async def erase_applicants(self, persons: Collection[UUID]) -> int:
        """Erase what is known of the applicants of these persons' cases that have ended. How many."""
        ended = select(Case.id).where(Case.person_id.in_(persons), Case.status.not_in(OPEN))
        statement = (
            update(Applicant)
            .where(Applicant.case_id.in_(ended), func.length(Applicant.snapshot) > 0)
            .values(snapshot=ERASED)
            .returning(Applicant.case_id)
            .execution_options(synchronize_session=False)
        )
        return len((await self._session.execute(statement)).all())

    async def applicants(self, persons: Collection[UUID]) -> int:
        """Of how many cases of these persons the applicant is known."""
        mine = select(Case.id).where(Case.person_id.in_(persons))
        known = Applicant.case_id.in_(mine), func.length(Applicant.snapshot) > 0
        return await self._session.scalar(select(func.count()).select_from(Applicant).where(*known)) or 0

    async def page(
        self, scope: DepartmentScope, *, status: CaseStatus | None, after: UUID | None, limit: int
    ) -> Sequence[Case]:
        """Cases in scope by id."""
        statement = select(Case).where(*_matches(scope, status)).order_by(Case.id).limit(limit)
        if after is not None:
            statement = statement.where(Case.id > after)
        return list(await self._session.scalars(statement))

    async def count(self, scope: DepartmentScope, *, status: CaseStatus | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(Case).where(*_matches(scope, status))
        return await self._session.scalar(statement) or 0

    async def steps(self, id: UUID) -> Sequence[CaseStep]:
        """The steps that a case took, oldest first."""
        statement = select(CaseStep).where(CaseStep.case_id == id).order_by(CaseStep.version)
        return list(await self._session.scalars(statement))

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Case]:
        """The next cases by id, locked, whatever their area: for restatement."""
        statement = select(Case).order_by(Case.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Case.id > after)
        return list(await self._session.scalars(statement))

    async def open_in_locked(self, areas: Collection[str]) -> Sequence[Case]:
        """Open cases of counters in these areas themselves, by id and locked."""
        return await self._all_locked(Case.status.in_(OPEN), Case.area.in_(areas))

    async def all_taken(self, change: UUID) -> Sequence[Case]:
        """Cases that went along with a change of areas, open or not, by id and locked."""
        return await self._all_locked(Case.former != [], Case.former.contains([{"change": str(change)}]))

    async def _all_locked(self, *chosen: ColumnElement[bool]) -> Sequence[Case]:
        statement = select(Case).where(*chosen).order_by(Case.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))

    async def running_in(self, years: Collection[int]) -> Sequence[Case]:
        """Open cases whose limit, from acceptance to the due date, runs through one of these years; locked."""
        spans = [and_(Case.due_on >= date(year, 1, 1), Case.accepted_at < begin_of(year + 1)) for year in years]
        statement = select(Case).where(Case.status.in_(OPEN), or_(*spans)).order_by(Case.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))


def _matches(scope: DepartmentScope, status: CaseStatus | None) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Case.area, Case.department)]
    return conditions if status is None else [*conditions, Case.status == status]
