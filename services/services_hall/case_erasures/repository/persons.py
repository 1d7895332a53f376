"""Queries over what is sealed of persons in cases: whose years are over, who is whom, and its erasing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.services_hall.agencies.models import Agency
from services.services_hall.case_effects.models import CaseEffect
from services.services_hall.case_erasures.domain import BEFORE_TERM, CaseHold, DueCount, DueEntry, Rules
from services.services_hall.cases.domain.lifecycle import ARCHIVED, CLOSED, DELIVERED, EXPIRED, REFUSED, WITHDRAWN
from services.services_hall.cases.models import Applicant, Case, CaseDigest, CaseParty
from services.services_hall.documents.models import CaseDocument
from services.services_hall.packages.models import Matter
from services.services_hall.ratings.models import Rating
from services.services_hall.rectifications.models import Rectification, RectificationNote
from services.services_hall.retentions.domain import CaseRetentionKind
from shared.auth.scope import Scope
from shared.contracts.services_hall.packages import MatterStatus
from shared.crypto.service import BlindKey
from shared.db.sealing import ERASED
from shared.retentions.rules import ended_by, later


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: in these areas, by the rules of a day. `keys`: of one person by number, whatever the years."""

    scope: Scope
    within: Scope
    rules: Rules
    day: date
    kind: CaseRetentionKind | None = None
    keys: Sequence[BlindKey] | None = None


class PersonErasingRepository:
    """What is sealed of applicants and of others in cases, without opening it. Rows, codes and dates stay."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(self, wanted: Wanted, *, after: UUID | None, limit: int, held_too: bool = True) -> Sequence[DueEntry]:
        """Entries that may be erased on a day, by holder, with what is open of each.

        `held_too`: also those of which something is open, and which no run takes for now.
        """
        entries = _entries(wanted.day)
        statement = select(entries).where(_due(entries.c, wanted)).order_by(entries.c.holder).limit(limit)
        if after is not None:
            statement = statement.where(entries.c.holder > after)
        if not held_too:
            statement = statement.where(entries.c.held_by.is_(None))
        return [_entry(row, wanted.rules) for row in await self._session.execute(statement)]

    async def count(self, wanted: Wanted) -> Sequence[DueCount]:
        """How many `due` lists, by kind, and how many of them are held."""
        entries = _entries(wanted.day)
        held = func.count(entries.c.held_by).label("held")
        statement = select(entries.c.kind, func.count().label("due"), held).where(_due(entries.c, wanted))
        rows = await self._session.execute(statement.group_by(entries.c.kind).order_by(entries.c.kind))
        return [DueCount(row.kind, wanted.rules[CaseRetentionKind(row.kind)].years, row.due, row.held) for row in rows]

    async def standing(self, holders: Collection[UUID], rules: Rules, day: date) -> Mapping[UUID, DueEntry]:
        """Those of these holders of whom something is sealed and whose case, or part in it, has ended."""
        entries = _entries(day)
        known = entries.c.holder.in_(holders), entries.c.kind.in_([str(kind) for kind in rules])
        found = await self._session.execute(select(entries).where(*known))
        return {row.holder: _entry(row, rules) for row in found}

    async def sealed(self, holders: Collection[UUID]) -> Collection[UUID]:
        """Those of these holders of whom anything is sealed."""
        entries = _entries(date.max)
        return set(await self._session.scalars(select(entries.c.holder).where(entries.c.holder.in_(holders))))

    async def lock_cases(self, ids: Collection[UUID]) -> None:
        """Lock these cases in the order of their ids: none of them moves until the transaction ends."""
        await self._session.execute(select(Case.id).where(Case.id.in_(ids)).order_by(Case.id).with_for_update())

    async def lock_cases_of(self, persons: Collection[UUID]) -> None:
        """Lock the cases in which these persons stand, by id or by the same number."""
        party = select(CaseParty.case_id).where(CaseParty.person_id.in_(persons))
        theirs = aliased(CaseDigest)
        same = and_(theirs.key_id == CaseDigest.key_id, theirs.digest == CaseDigest.digest)
        typed = select(CaseDigest.case_id).join(theirs, same).where(theirs.person_id.in_(persons))
        mine = or_(Case.person_id.in_(persons), Case.id.in_(party), Case.id.in_(typed))
        await self._session.execute(select(Case.id).where(mine).order_by(Case.id).with_for_update())

    async def know(self, persons: Collection[UUID]) -> None:
        """Who was typed with the number that an extract of one of these persons has is that person from now on."""
        theirs = aliased(CaseDigest)
        await self._session.execute(
            update(CaseDigest)
            .where(
                CaseDigest.person_id.is_(None),
                theirs.person_id.in_(persons),
                theirs.key_id == CaseDigest.key_id,
                theirs.digest == CaseDigest.digest,
            )
            .values(person_id=theirs.person_id)
            .execution_options(synchronize_session=False)
        )

    async def all_digested(self) -> bool:
        """Whether everybody in a case can be found by number."""
        left = or_(exists().where(~Applicant.digested), exists().where(~CaseParty.digested))
        return not await self._session.scalar(select(left))

    async def holders_of(self, persons: Collection[UUID]) -> Collection[UUID]:
        """Under which rows these persons are known, of whom something is sealed: as applicants and otherwise."""
        known = select(CaseDigest.holder).where(CaseDigest.person_id.in_(persons))
        mine = select(Case.id).where(Case.person_id.in_(persons))
        applied = or_(Applicant.case_id.in_(mine), Applicant.case_id.in_(known))
        party = or_(CaseParty.person_id.in_(persons), CaseParty.id.in_(known))
        both = union_all(
            select(Applicant.case_id.label("holder")).where(applied, func.length(Applicant.snapshot) > 0),
            select(CaseParty.id.label("holder")).where(party, func.length(CaseParty.snapshot) > 0),
        )
        return set(await self._session.scalars(both))

    async def ended(self, holders: Collection[UUID]) -> Collection[UUID]:
        """Those of these holders whose case has ended, or who are in it no more."""
        entries = _entries(date.max)
        over = entries.c.holder.in_(holders), entries.c.kind.is_not(None)
        return set(await self._session.scalars(select(entries.c.holder).where(*over)))

    async def erase(self, holders: Collection[UUID]) -> int:
        """Nothing sealed stays of these holders, and by no digest are they found. How many held something.

        The papers of a case name its applicant: what they say goes with the applicant; that they were issued stays. So
        does the door to which an agent went.
        """
        erased = 0
        for row, key in ((Applicant, Applicant.case_id), (CaseParty, CaseParty.id)):
            statement = (
                update(row)
                .where(key.in_(holders), func.length(row.snapshot) > 0)
                .values(snapshot=ERASED)
                .returning(key)
                .execution_options(synchronize_session=False)
            )
            erased += len((await self._session.execute(statement)).all())
        await self._session.execute(
            update(CaseDocument)
            .where(CaseDocument.case_id.in_(holders), func.length(CaseDocument.content) > 0)
            .values(content=ERASED)
            .execution_options(synchronize_session=False)
        )
        await self._session.execute(
            update(Agency)
            .where(Agency.case_id.in_(holders), func.length(Agency.visit_address) > 0)
            .values(visit_address=ERASED)
            .execution_options(synchronize_session=False)
        )
        await self._erase_words(holders)
        await self._session.execute(delete(CaseDigest).where(CaseDigest.holder.in_(holders)))
        return erased

    async def _erase_words(self, cases: Collection[UUID]) -> None:
        """What was said in ratings of these cases, and written about them, goes with the applicant."""
        anyhow = {"synchronize_session": False}
        said = update(Rating).where(Rating.case_id.in_(cases), func.length(Rating.remark) > 0).values(remark=ERASED)
        await self._session.execute(said.execution_options(**anyhow))
        of = select(Rectification.id).where(Rectification.case_id.in_(cases))
        written = update(RectificationNote).where(RectificationNote.rectification_id.in_(of)).values(note=ERASED)
        await self._session.execute(written.execution_options(**anyhow))


def _ended_at() -> ColumnElement[Any]:
    return case(
        (Case.status == ARCHIVED, Case.archived_at),
        (Case.status.in_((CLOSED, DELIVERED)), func.coalesce(Case.delivered_at, Case.closed_at)),
        (Case.status == REFUSED, Case.refused_at),
        (Case.status == WITHDRAWN, Case.withdrawn_at),
        (Case.status == EXPIRED, Case.expired_at),
    )


def _kind() -> ColumnElement[Any]:
    return case(
        (Case.status == ARCHIVED, Case.retention),
        (Case.status.in_((CLOSED, DELIVERED)), literal(str(CaseRetentionKind.DECIDED))),
        (Case.status.in_((REFUSED, WITHDRAWN, EXPIRED)), Case.status),
    )


def _open_matters() -> Any:
    """The cases of open matters. Joined: by EXISTS, or IN, all matters would be looked through for each case."""
    held = select(func.jsonb_array_elements_text(Matter.cases).label("case_id"))
    return held.where(Matter.status == MatterStatus.OPEN).distinct().cte("in_open_matters")


def _held_by(day: date, matters: Any) -> ColumnElement[Any]:
    return case(
        (matters.c.case_id.is_not(None), literal(str(CaseHold.MATTER))),
        (exists().where(CaseEffect.id == Case.id, CaseEffect.status == "asked"), literal(str(CaseHold.EFFECT))),
        (Case.suit_until >= day, literal(str(CaseHold.REMEDY))),
    )


def _entries(day: date) -> Any:
    """Everybody of whom something is sealed: the kind by which the clock runs, since when, and what is open."""
    removed = CaseParty.removed_at.is_not(None)
    kind = case((removed, literal(str(CaseRetentionKind.REMOVED))), else_=_kind())
    since = case((removed, CaseParty.removed_at), else_=_ended_at())
    matters = _open_matters()
    held = case((removed, literal(None, Text)), else_=_held_by(day, matters))
    in_matter = matters.c.case_id == cast(Case.id, Text)
    applicants = select(Applicant.case_id.label("holder"), *_common(_kind(), _ended_at(), _held_by(day, matters)))
    applicants = applicants.join(Case, Case.id == Applicant.case_id).outerjoin(matters, in_matter)
    parties = select(CaseParty.id.label("holder"), *_common(kind, since, held))
    parties = parties.join(Case, Case.id == CaseParty.case_id).outerjoin(matters, in_matter)
    return union_all(
        applicants.where(func.length(Applicant.snapshot) > 0), parties.where(func.length(CaseParty.snapshot) > 0)
    ).subquery()


def _common(kind: ColumnElement[Any], since: ColumnElement[Any], held: ColumnElement[Any]) -> list[Any]:
    ended_on = cast(func.timezone("Asia/Shanghai", since), Date).label("ended_on")
    return [Case.id.label("case_id"), Case.area, kind.label("kind"), ended_on, held.label("held_by")]


def _due(entry: Any, wanted: Wanted) -> ColumnElement[bool]:
    """The one predicate of list, counts and runs."""
    kinds = [one for one in CaseRetentionKind if wanted.kind in (None, one)]
    over = [
        and_(entry.kind == str(one), entry.ended_on <= ended_by(wanted.day, wanted.rules[one].years)) for one in kinds
    ]
    here = wanted.scope.where(entry.area), wanted.within.where(entry.area)
    if wanted.keys is None:
        return and_(*here, or_(*over))
    same = [and_(CaseDigest.key_id == key.key_id, CaseDigest.digest == key.digest) for key in wanted.keys]
    theirs = exists().where(CaseDigest.holder == entry.holder, or_(false(), *same))
    return and_(*here, theirs, or_(entry.kind.in_([str(kind) for kind in BEFORE_TERM]), *over))


def _entry(row: Any, rules: Rules) -> DueEntry:
    years = rules[CaseRetentionKind(row.kind)].years
    held = None if row.held_by is None else CaseHold(row.held_by)
    return DueEntry(row.holder, row.case_id, row.area, row.kind, row.ended_on, later(row.ended_on, years), held)
