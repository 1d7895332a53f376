"""Queries over warnings, and over the cases of which a limit is to be warned about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.case_warnings.domain import WarningFilter, begin_after
from services.services_hall.case_warnings.models import CaseWarning
from services.services_hall.cases.domain.lifecycle import IN_REVIEW, OPEN, RECEIVED, SUPPLEMENT
from services.services_hall.cases.domain.limits import DECIDING, DELIVERING
from services.services_hall.cases.models import Case
from services.services_hall.rectifications.domain import RUNNING
from services.services_hall.rectifications.models import Rectification
from shared.auth.scope import DepartmentScope
from shared.contracts.services_hall.case_warnings import WarningMetric


@dataclass(frozen=True, slots=True)
class Near:
    """A case of which a limit is to be warned about. `due_on`: its end; `since`: of a limit without a stored end."""

    case_id: UUID
    occasion: str
    due_on: date | None
    since: datetime | None
    counter: tuple[str, str]
    place: tuple[str, str]


def _since() -> ColumnElement[Any]:
    return func.coalesce(Case.supplied_at, Case.received_at)


def _began(at: Any) -> ColumnElement[str]:
    """The run of a limit by when it began: what is taken back and done again begins anew."""
    return cast(func.extract("epoch", at), Text)


def _of(metric: WarningMetric, last: date) -> tuple[ColumnElement[bool], Any, ColumnElement[str]]:
    """Of a metric: which cases end by a day, by what they are ordered, and the occasion."""
    match metric:
        case WarningMetric.LIMIT:
            more = cast(Case.extended_days, Text) + literal(".") + _began(Case.accepted_at)
            return and_(Case.status.in_(DECIDING), Case.due_on <= last), Case.due_on, more
        case WarningMetric.STEP:
            run = cast(Case.step, Text) + literal(".") + cast(Case.returns, Text)
            return and_(Case.status == IN_REVIEW, Case.step_due_on <= last), Case.step_due_on, run
        case WarningMetric.DELIVERY:
            return and_(Case.status.in_(DELIVERING), Case.deliver_by <= last), Case.deliver_by, _began(Case.decided_at)
        case WarningMetric.TELLING:  # `last` is the day of receipt
            waits = and_(Case.status == RECEIVED, _since() < begin_after(last))
            return waits, _since(), _began(_since())
        case WarningMetric.SUPPLY:
            return (
                and_(Case.status == SUPPLEMENT, Case.supply_until <= last),
                Case.supply_until,
                _began(Case.notified_at),
            )
        case WarningMetric.PROMISE:
            promised = and_(Case.status.in_(OPEN), Case.promised_on <= last)
            return promised, Case.promised_on, cast(Case.promised_on, Text)
        case WarningMetric.RECTIFICATION:
            raise AssertionError("no limit of a case")


class WarningRepository:
    """Warnings by the area and department of their receiver."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def near(self, rule_id: UUID, metric: WarningMetric, last: date, limit: int) -> Sequence[Near]:
        """The next cases of which a limit ends by a day and that the rule has not warned about, the earliest first."""
        if metric is WarningMetric.RECTIFICATION:
            return await self._near_rectifications(rule_id, last, limit)
        when, by, occasion = _of(metric, last)
        told = exists().where(
            CaseWarning.case_id == Case.id, CaseWarning.rule_id == rule_id, CaseWarning.occasion == occasion
        )
        area, department = (
            func.coalesce(Case.held_area, Case.area),
            func.coalesce(Case.held_department, Case.department),
        )
        columns = (Case.id, by.label("ends"), occasion.label("occasion"), Case.area, Case.department)
        statement = select(*columns, area.label("held_area"), department.label("held_department"))
        rows = await self._session.execute(statement.where(when, ~told).order_by(by, Case.id).limit(limit))
        instant = metric is WarningMetric.TELLING
        return [
            Near(
                row.id,
                row.occasion,
                None if instant else row.ends,
                row.ends if instant else None,
                (row.area, row.department),
                (row.held_area, row.held_department),
            )
            for row in rows
        ]

    async def _near_rectifications(self, rule_id: UUID, last: date, limit: int) -> Sequence[Near]:
        """The same of low ratings that are to be put right: the office itself is counter and place."""
        row = Rectification
        occasion = cast(row.id, Text) + literal(".") + cast(row.reopened, Text)
        told = exists().where(
            CaseWarning.case_id == row.case_id, CaseWarning.rule_id == rule_id, CaseWarning.occasion == occasion
        )
        columns = (row.case_id, row.due_on, row.area, row.department, occasion.label("occasion"))
        statement = select(*columns).where(row.status.in_(RUNNING), row.due_on <= last, ~told)
        rows = await self._session.execute(statement.order_by(row.due_on, row.id).limit(limit))
        places = [(one, (one.area, one.department)) for one in rows]
        return [Near(one.case_id, one.occasion, one.due_on, None, place, place) for one, place in places]

    async def add(self, rows: Sequence[dict[str, Any]]) -> Sequence[CaseWarning]:
        """Those of these warnings that nobody has raised meanwhile."""
        statement = insert(CaseWarning).values(list(rows)).on_conflict_do_nothing().returning(CaseWarning)
        return list(await self._session.scalars(statement))

    async def locked(self, id: UUID) -> CaseWarning | None:
        """The warning, locked until the transaction ends. The caller asks the scope of its receiver."""
        return await self._session.get(CaseWarning, id, with_for_update=True, populate_existing=True)

    async def page(
        self, scope: DepartmentScope, wanted: WarningFilter, *, after: UUID | None, limit: int
    ) -> list[CaseWarning]:
        """Warnings in scope, the newest first."""
        statement = select(CaseWarning).where(*_matches(scope, wanted)).order_by(CaseWarning.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(CaseWarning.id < after)
        return list(await self._session.scalars(statement))

    async def count(self, scope: DepartmentScope, wanted: WarningFilter) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(CaseWarning).where(*_matches(scope, wanted))
        return await self._session.scalar(statement) or 0

    async def of_case_locked(self, case: UUID, area: str) -> Sequence[CaseWarning]:
        """Warnings of a case whose receiver is in an area itself, by id and locked."""
        statement = select(CaseWarning).where(CaseWarning.case_id == case, CaseWarning.area == area)
        statement = statement.order_by(CaseWarning.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[CaseWarning]:
        """The next warnings by id, locked, whatever their area: for restatement."""
        statement = select(CaseWarning).order_by(CaseWarning.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(CaseWarning.id > after)
        return list(await self._session.scalars(statement))


def _in(scope: DepartmentScope) -> ColumnElement[bool]:
    return scope.where(CaseWarning.area, CaseWarning.department)


def _matches(scope: DepartmentScope, wanted: WarningFilter) -> list[ColumnElement[bool]]:
    conditions = [_in(scope)]
    if wanted.status is not None:
        conditions.append(CaseWarning.status == wanted.status)
    if wanted.colour is not None:
        conditions.append(CaseWarning.colour == wanted.colour)
    return conditions
