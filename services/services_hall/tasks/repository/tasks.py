"""Queries over tasks: list, count and pools under one predicate; and over cases that are looked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.cases.domain.codes import Desk
from services.services_hall.cases.domain.waiting import NO_END
from services.services_hall.cases.models import Applicant, Case, CaseDesk, CaseDigest, CaseParty
from services.services_hall.cases.repository import ends_by, reaches
from services.services_hall.tasks.domain import Assigned, TaskFilter, TaskPool
from services.services_hall.tasks.models import Task
from shared.auth.scope import DepartmentScope
from shared.contracts.services_hall.cases import CaseStatus
from shared.crypto.service import BlindKey
from shared.reference.areas import COUNTY_DIGITS


@dataclass(frozen=True, slots=True)
class CaseWords:
    """What a search asks for; what is None is not asked. `keys`: of the applicant's document."""

    number: str | None = None
    keys: Sequence[BlindKey] | None = None
    person_id: UUID | None = None
    item_id: UUID | None = None
    status: CaseStatus | None = None
    due_from: date | None = None
    due_to: date | None = None


class TaskRepository:
    """Tasks by the area and department of the office at which they wait."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, scope: DepartmentScope, wanted: TaskFilter, *, after: tuple[date, UUID] | None, limit: int
    ) -> Sequence[Task]:
        """Tasks in scope: what ends first comes first, what has no limit last."""
        statement = _tasks().where(*_matches(scope, wanted)).order_by(CaseDesk.ends_on, CaseDesk.id).limit(limit)
        if after is not None:
            day, last = after
            later = or_(CaseDesk.ends_on > day, and_(CaseDesk.ends_on == day, CaseDesk.id > last))
            statement = statement.where(CaseDesk.ends_on >= day, later)
        return [_task(row) for row in await self._session.execute(statement)]

    async def count(self, scope: DepartmentScope, wanted: TaskFilter) -> int:
        """How many `page` lists in all."""
        statement = _tasks().with_only_columns(func.count()).where(*_matches(scope, wanted))
        return await self._session.scalar(statement) or 0

    async def pools(self, scope: DepartmentScope, wanted: TaskFilter) -> Sequence[TaskPool]:
        """The same by level, department and post."""
        level = func.length(CaseDesk.area)
        keys = level, CaseDesk.department, CaseDesk.post
        counts = (
            func.count().label("total"),
            func.count().filter(CaseDesk.assigned_to.is_(None)).label("free"),
            func.count().filter(CaseDesk.assigned_to == wanted.who).label("mine"),
            func.count().filter(CaseDesk.ends_on < wanted.today).label("overdue"),
        )
        statement = _tasks().with_only_columns(level.label("level"), CaseDesk.department, CaseDesk.post, *counts)
        statement = statement.where(*_matches(scope, wanted)).group_by(*keys).order_by(*keys)
        return [TaskPool(**row._mapping) for row in await self._session.execute(statement)]

    async def locked(self, id: UUID) -> Task | None:
        """A task, locked until the transaction ends; its case is only read. The caller asks the scope of its place."""
        statement = _tasks().where(CaseDesk.id == id).with_for_update(of=CaseDesk)
        row = (await self._session.execute(statement, execution_options={"populate_existing": True})).one_or_none()
        return None if row is None else _task(row)

    async def of_officer_locked(self, officer: str) -> Sequence[CaseDesk]:
        """Tasks that an officer works on, by id and locked."""
        return await self._all_locked(CaseDesk.assigned_to == officer)

    async def stood_in_locked(self, absence: UUID) -> Sequence[CaseDesk]:
        """Tasks that were handed over by an absence and are still with who stood in, by id and locked."""
        return await self._all_locked(CaseDesk.stands_in == absence)

    async def of_cases(self, cases: Collection[UUID]) -> Sequence[CaseDesk]:
        """Tasks of these cases where their files lie."""
        statement = select(CaseDesk).where(CaseDesk.case_id.in_(cases), CaseDesk.kind == Desk.HELD)
        return list(await self._session.scalars(statement))

    async def search(
        self, scope: DepartmentScope, words: CaseWords, *, after: UUID | None, limit: int
    ) -> Sequence[Case]:
        """Cases in scope that match every word, the newest first."""
        statement = select(Case).where(reaches(scope), *_worded(words)).order_by(Case.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(Case.id < after)
        return list(await self._session.scalars(statement))

    async def applicants(self, cases: Collection[UUID]) -> Sequence[Applicant]:
        """What is sealed of the applicants of these cases."""
        return list(await self._session.scalars(select(Applicant).where(Applicant.case_id.in_(cases))))

    async def _all_locked(self, *chosen: ColumnElement[bool]) -> Sequence[CaseDesk]:
        statement = select(CaseDesk).where(*chosen).order_by(CaseDesk.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))


def _tasks() -> Select[tuple[CaseDesk, Case]]:
    """Tasks that say for whom they wait: those from before are made anew by a schedule."""
    return select(CaseDesk, Case).join(Case, Case.id == CaseDesk.case_id).where(CaseDesk.post.is_not(None))


def _task(row: Row[tuple[CaseDesk, Case]]) -> Task:
    return Task(row.CaseDesk, row.Case)


def _reached(scope: DepartmentScope) -> ColumnElement[bool]:
    """Tasks of the scope's offices; a department answers for its consent at the county."""
    own = and_(CaseDesk.kind != Desk.ASKED, scope.where(CaseDesk.area, CaseDesk.department))
    answers = scope.at_level(COUNTY_DIGITS).where(CaseDesk.area, CaseDesk.department)
    return or_(own, and_(CaseDesk.kind == Desk.ASKED, answers))


def _matches(scope: DepartmentScope, wanted: TaskFilter) -> list[ColumnElement[bool]]:
    conditions = [_reached(scope)]
    equal = (
        (func.length(CaseDesk.area), wanted.level),
        (CaseDesk.department, wanted.department),
        (CaseDesk.kind, wanted.kind),
        (CaseDesk.post, wanted.post),
        (CaseDesk.assigned_to, wanted.officer),
        (Case.status, wanted.status),
        (Case.item_id, wanted.item_id),
    )
    conditions += [column == value for column, value in equal if value is not None]
    if wanted.due_by is not None:
        conditions.append(and_(CaseDesk.ends_on <= wanted.due_by, CaseDesk.ends_on < NO_END))
    match wanted.assigned:
        case Assigned.FREE:
            conditions.append(CaseDesk.assigned_to.is_(None))
        case Assigned.MINE:
            conditions.append(CaseDesk.assigned_to == wanted.who)
        case Assigned.TAKEN:
            conditions.append(CaseDesk.assigned_to.is_not(None))
    return conditions


def _worded(words: CaseWords) -> list[ColumnElement[bool]]:
    equal = ((Case.number, words.number), (Case.item_id, words.item_id), (Case.status, words.status))
    conditions = [column == value for column, value in equal if value is not None]
    if words.keys is not None:
        same = [and_(CaseDigest.key_id == key.key_id, CaseDigest.digest == key.digest) for key in words.keys]
        conditions.append(exists().where(CaseDigest.holder == Case.id, or_(*same)))
    if words.person_id is not None:
        party = CaseParty.case_id == Case.id, CaseParty.person_id == words.person_id, CaseParty.removed_at.is_(None)
        conditions.append(or_(Case.person_id == words.person_id, exists().where(*party)))
    if words.due_from is not None or words.due_to is not None:
        first, last = words.due_from or date.min, words.due_to or date.max
        conditions.append(ends_by(lambda day: day.between(first, last)))
    return conditions
