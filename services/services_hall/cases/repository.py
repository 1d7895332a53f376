"""Every query on cases."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.base import Base
from services.services_hall.cases.domain.codes import Desk
from services.services_hall.cases.domain.lifecycle import CLOSED, DRAFT, IN_REVIEW, OPEN, RECEIVED, SUPPLEMENT
from services.services_hall.cases.domain.limits import DECIDING, DELIVERING
from services.services_hall.cases.domain.waiting import WAITING, Place, Waiting
from services.services_hall.cases.models import Applicant, Case, CaseDesk, CaseDigest, CaseParty, CaseSerial, CaseStep
from shared.auth.scope import DepartmentScope
from shared.clock import begin_of, begin_of_day
from shared.contracts.services_hall.cases import CaseStatus
from shared.reference.areas import COUNTY_DIGITS


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases and its count ask for. `today`: by which promises are broken and limits over.

    `soon`: the last day of what is due soon.
    """

    today: date
    soon: date
    status: CaseStatus | None = None
    desk: Desk | None = None


_DESK = Base.metadata.tables[CaseDesk.__tablename__]
_ONE_EXTRACT = text("SELECT pg_advisory_xact_lock(hashtextextended('extract:' || :extract, 0))")


class CaseRepository:
    """Cases by the area of the counter that holds them and the department of their item."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Case | CaseStep | Applicant | CaseParty) -> None:
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
        """The case, if the scope opens it somewhere, locked until the transaction ends, as it is by then."""
        statement = select(Case).where(Case.id == id, reaches(scope)).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def locked_anywhere(self, id: UUID) -> Case | None:
        """The case, locked, for a caller whose right to it is judged afterwards."""
        return await self._session.get(Case, id, with_for_update=True, populate_existing=True)

    async def all_in_locked(self, ids: Collection[UUID]) -> Sequence[Case]:
        """These cases, by id and locked."""
        return await self._all_locked(Case.id.in_(ids))

    async def is_reached(self, id: UUID, scope: DepartmentScope) -> bool:
        """Whether the scope opens the case at one of its places."""
        return await self._session.scalar(select(Case.id).where(Case.id == id, reaches(scope))) is not None

    async def set_desks(self, case: UUID, wanted: Mapping[Place, Waiting], at: datetime) -> None:
        """The tasks of a case from now on; no others. Who works on one keeps it while it waits there for that post."""
        of_case = select(*_DESK.c).where(_DESK.c.case_id == case).order_by(_DESK.c.id).with_for_update()
        found = {(Desk(row.kind), row.area, row.department): row for row in await self._session.execute(of_case)}
        for place, row in found.items():
            now, same = wanted.get(place), _DESK.c.id == row.id
            if now is None or now.post != row.post:
                await self._session.execute(delete(_DESK).where(same))
            elif now.ends_on != row.ends_on:
                later = {"ends_on": now.ends_on, "version": _DESK.c.version + 1}
                await self._session.execute(update(_DESK).where(same).values(later))
        new = [place for place, one in wanted.items() if place not in found or found[place].post != one.post]
        if new:
            await self.add_desks(case, {place: wanted[place] for place in new}, at)

    async def add_desks(self, case: UUID, wanted: Mapping[Place, Waiting], at: datetime) -> None:
        """Tasks of a case, free for whoever takes them."""
        rows = [
            {
                "case_id": case,
                "kind": str(place[0]),
                "area": place[1],
                "department": place[2],
                "post": str(one.post),
                "ends_on": one.ends_on,
                "waits_since": at,
            }
            for place, one in sorted(wanted.items())
        ]
        if rows:
            await self._session.execute(insert(_DESK), rows)

    async def undesked(self, limit: int) -> Sequence[Case]:
        """Cases that wait and of which no task says for whom: those from before there were any, by id and locked."""
        told = exists().where(CaseDesk.case_id == Case.id, CaseDesk.kind == Desk.HELD, CaseDesk.post.is_not(None))
        unsaid = exists().where(CaseDesk.case_id == Case.id, CaseDesk.post.is_(None))
        statement = select(Case).where(Case.status.in_(WAITING), or_(~told, unsaid)).order_by(Case.id).limit(limit)
        return list(await self._session.scalars(statement.with_for_update(skip_locked=True)))

    async def received_locked(self) -> Sequence[Case]:
        """Cases of which is to be told what is missing, by id and locked."""
        return await self._all_locked(Case.status == RECEIVED)

    async def applicant(self, id: UUID) -> Applicant | None:
        return await self._session.get(Applicant, id)

    async def has_applicant(self, id: UUID) -> bool:
        """Whether the applicant of a case is not erased; erasing waits until the transaction ends."""
        kept = select(func.length(Applicant.snapshot)).where(Applicant.case_id == id).with_for_update(read=True)
        return bool(await self._session.scalar(kept))

    async def parties(self, ids: Collection[UUID]) -> Sequence[CaseParty]:
        """The sealed persons of these ids."""
        return list(await self._session.scalars(select(CaseParty).where(CaseParty.id.in_(ids))))

    async def is_used(self, extract: UUID) -> bool:
        """Whether the extract has opened a case, or put somebody into one; who asks of it meanwhile waits.

        Two tables remember it, and no constraint spans both.
        """
        await self._session.execute(_ONE_EXTRACT, {"extract": str(extract)})
        used = exists().where(Applicant.extract_id == extract), exists().where(CaseParty.extract_id == extract)
        return bool(await self._session.scalar(select(or_(*used))))

    async def step(self, id: UUID, version: int) -> CaseStep | None:
        """The step that led to a version."""
        return await self._session.get(CaseStep, (id, version))

    async def set_removed(self, parties: Collection[UUID], at: datetime | None) -> None:
        """The case names these persons no more since an instant; None: it names them again."""
        await self._session.execute(update(CaseParty).where(CaseParty.id.in_(parties)).values(removed_at=at))

    async def undigested(self, limit: int) -> Sequence[Applicant | CaseParty]:
        """The next rows of persons that have no digests yet, locked: applicants first."""
        found: list[Applicant | CaseParty] = []
        for row, key in ((Applicant, Applicant.case_id), (CaseParty, CaseParty.id)):
            left = select(row).where(~row.digested).order_by(key).limit(limit - len(found)).with_for_update()
            found += list(await self._session.scalars(left)) if len(found) < limit else []
        return found

    async def persons_after(self, kind: type[Applicant | CaseParty], after: UUID | None, limit: int) -> Sequence[Any]:
        """The next rows of applicants, or of others, by id and locked."""
        key = Applicant.case_id if kind is Applicant else CaseParty.id
        statement = select(kind).order_by(key).limit(limit).with_for_update()
        return list(await self._session.scalars(statement if after is None else statement.where(key > after)))

    async def persons_of(self, cases: Collection[UUID]) -> Mapping[UUID, UUID | None]:
        """The applicant of each of these cases, as the register knows them."""
        rows = await self._session.execute(select(Case.id, Case.person_id).where(Case.id.in_(cases)))
        return {row.id: row.person_id for row in rows}

    async def add_digests(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Digests of holders; those that are there stay."""
        if rows:
            await self._session.execute(insert(CaseDigest).values(list(rows)).on_conflict_do_nothing())

    async def page(self, scope: DepartmentScope, wanted: CaseFilter, *, after: UUID | None, limit: int) -> list[Case]:
        """Cases in scope by id."""
        statement = select(Case).where(*_matches(scope, wanted)).order_by(Case.id).limit(limit)
        if after is not None:
            statement = statement.where(Case.id > after)
        return list(await self._session.scalars(statement))

    async def count(self, scope: DepartmentScope, wanted: CaseFilter) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(Case).where(*_matches(scope, wanted))
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
        """Cases that run through one of these years, from acceptance to their last date, and that are not delivered.

        The last date: on which the case is due, its step, or the delivery. By id and locked.
        """
        last = func.greatest(Case.due_on, Case.step_due_on, Case.deliver_by)
        spans = [and_(last >= date(year, 1, 1), Case.accepted_at < begin_of(year + 1)) for year in years]
        waiting = Case.status.in_({*OPEN, CLOSED})
        statement = select(Case).where(waiting, or_(*spans)).order_by(Case.id).with_for_update()
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))

    async def out_of_time(
        self, *, received_to: date, supply_before: date, drafted_before: datetime, limit: int
    ) -> Sequence[Case]:
        """Cases that time moves, by id and locked; those that somebody holds locked are left for the next time.

        `received_to`: the last day of receipt, or supply, for which nobody may tell any more what is missing.
        """
        since = func.coalesce(Case.supplied_at, Case.received_at)
        overdue = or_(
            and_(Case.status == RECEIVED, since < begin_of_day(received_to + timedelta(days=1))),
            and_(Case.status == SUPPLEMENT, Case.supply_until < supply_before),
            and_(Case.status == DRAFT, Case.drafted_at < drafted_before),
        )
        statement = select(Case).where(overdue).order_by(Case.id).limit(limit).with_for_update(skip_locked=True)
        return list(await self._session.scalars(statement, execution_options={"populate_existing": True}))


def reaches(scope: DepartmentScope) -> ColumnElement[bool]:
    """The cases that a scope opens: at their counter, where the file lies, or at a desk where they wait."""
    desk = exists().where(CaseDesk.case_id == Case.id, scope.where(CaseDesk.area, CaseDesk.department))
    return or_(scope.where(Case.area, Case.department), _held(scope), desk)


def _held(scope: DepartmentScope) -> ColumnElement[bool]:
    return and_(Case.held_area.is_not(None), scope.where(Case.held_area, Case.held_department))


def ends_by(when: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Cases of which the limit, the delivery or the step of the review ends so (`domain.limits`)."""
    return or_(
        and_(Case.status.in_(DECIDING), when(Case.due_on)),
        and_(Case.status.in_(DELIVERING), when(Case.deliver_by)),
        and_(Case.status == IN_REVIEW, when(Case.step_due_on)),
    )


def _at(desk: Desk, scope: DepartmentScope, wanted: CaseFilter) -> ColumnElement[bool]:
    at_counter = and_(Case.held_area.is_(None), scope.where(Case.area, Case.department))
    if desk is Desk.HELD:
        return and_(Case.status.in_(OPEN), or_(at_counter, _held(scope)))
    if desk is Desk.PROMISES_BROKEN:
        return and_(Case.status.in_(OPEN), Case.promised_on < wanted.today, or_(at_counter, _held(scope)))
    if desk is Desk.OVERDUE:
        return and_(ends_by(lambda day: day < wanted.today), or_(at_counter, _held(scope)))
    if desk is Desk.DUE_SOON:
        return and_(ends_by(lambda day: day.between(wanted.today, wanted.soon)), or_(at_counter, _held(scope)))
    answers = scope.at_level(COUNTY_DIGITS) if desk is Desk.ASKED else scope  # a department's answer is the county's
    waits = CaseDesk.case_id == Case.id, CaseDesk.kind == desk, answers.where(CaseDesk.area, CaseDesk.department)
    return exists().where(*waits)


def _matches(scope: DepartmentScope, wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions = [reaches(scope)]
    if wanted.status is not None:
        conditions.append(Case.status == wanted.status)
    if wanted.desk is not None:
        conditions.append(_at(wanted.desk, scope, wanted))
    return conditions
