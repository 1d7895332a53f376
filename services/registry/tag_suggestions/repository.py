"""Queries over suggestions of tags, and over what rules read of the persons of a village."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.areas.models import Area
from services.registry.base import Base
from services.registry.households.domain import HouseholdKind
from services.registry.households.models import HouseholdMember
from services.registry.life_events.models import LifeEventRecord
from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import in_scope, stands
from services.registry.persons.repository.merged import going_on
from services.registry.tag_suggestions.domain import (
    GROUNDS,
    Circumstances,
    Companion,
    Kin,
    SuggestionRecord,
    SuggestionStatus,
)
from services.registry.tag_suggestions.models import TagSuggestion, TagSuggestionSearch
from services.registry.tags.models import Tag
from shared.auth.scope import Scope
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.db.compare_and_set import guarded_update
from shared.reference.areas import VILLAGE_DIGITS

SUGGESTION = Base.metadata.tables[TagSuggestion.__tablename__]
SEARCH = Base.metadata.tables[TagSuggestionSearch.__tablename__]
LIVES = stands(Book.RESIDENCE, PersonStatus.ACTIVE)
"""Whether a person lives in the county now."""


class TagSuggestionRepository:
    """Suggestions. Whoever changes one holds the lock on its person's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> SuggestionRecord | None:
        """A suggestion by id. The caller asks the scope of its person."""
        row = (await self._session.execute(select(SUGGESTION).where(SUGGESTION.c.id == id))).one_or_none()
        return None if row is None else SuggestionRecord(**row._mapping)

    async def add(self, suggestions: Sequence[SuggestionRecord]) -> None:
        """New suggestions."""
        rows = [{column.name: getattr(one, column.name) for column in SUGGESTION.c} for one in suggestions]
        if rows:
            await self._session.execute(insert(SUGGESTION), rows)

    async def move(self, seen: SuggestionRecord, to: SuggestionRecord) -> SuggestionRecord | None:
        """Compare-and-set to what `to` says; None if somebody else moved it first."""
        kept = ("id", "version", "person_id", "code")
        changes = {column.name: getattr(to, column.name) for column in SUGGESTION.c if column.name not in kept}
        statement = guarded_update(TagSuggestion, seen, **changes).returning(SUGGESTION)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else replace(seen, **row._mapping)

    async def page(
        self, scope: Scope, code: str | None, status: SuggestionStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[SuggestionRecord]:
        """Suggestions for persons in the scope, in the order of ids."""
        statement = _of_persons(select(SUGGESTION)).where(_listed(scope, code, status))
        statement = statement.order_by(SUGGESTION.c.id).limit(limit)
        if after is not None:
            statement = statement.where(SUGGESTION.c.id > after)
        return [SuggestionRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, code: str | None, status: SuggestionStatus | None) -> int:
        """How many `page` would list in all."""
        statement = _of_persons(select(func.count()).select_from(SUGGESTION)).where(_listed(scope, code, status))
        return await self._session.scalar(statement) or 0

    async def of_villages(self, villages: Sequence[str]) -> Sequence[SuggestionRecord]:
        """All suggestions for whoever lives in neighbouring villages, or lived there last."""
        statement = _of_persons(select(SUGGESTION)).where(_between(villages))
        return [SuggestionRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def of_persons(self, ids: Collection[UUID]) -> Sequence[SuggestionRecord]:
        """All suggestions for these persons."""
        statement = select(SUGGESTION).where(SUGGESTION.c.person_id.in_(ids))
        return [SuggestionRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def next_villages(self, day: date, limit: int) -> Sequence[str]:
        """Villages that have not been searched on this day, in the order of their codes."""
        searched = and_(SEARCH.c.area == Area.code, SEARCH.c.searched_on >= day)
        statement = select(Area.code).outerjoin(SEARCH, searched).order_by(Area.code).limit(limit)
        return list(await self._session.scalars(statement.where(Area.level == VILLAGE_DIGITS, SEARCH.c.area.is_(None))))

    async def searched(self, villages: Sequence[str], day: date) -> None:
        """Keep that the villages were searched."""
        told = insert(SEARCH).values([{"area": village, "searched_on": day} for village in villages])
        await self._session.execute(told.on_conflict_do_update(index_elements=["area"], set_={"searched_on": day}))

    async def open_tags(self, ids: Collection[UUID]) -> set[tuple[UUID, str]]:
        """Person and code of the tags that hold, of those that are suggested."""
        statement = select(Tag.person_id, Tag.code).where(
            Tag.person_id.in_(ids), Tag.ended_on.is_(None), Tag.code.in_(GROUNDS)
        )
        return {(row.person_id, row.code) for row in await self._session.execute(statement)}

    async def circumstances(
        self, villages: Sequence[str], *, old_by: date, parent_by: date, child_after: date
    ) -> Mapping[UUID, Circumstances]:
        """What rules read of those who live in neighbouring villages: of who was born by a day, or after another.

        With whom the old live; the children of who may have lost one; the parents of children.
        """
        asked_for = or_(Person.birth_date <= max(old_by, parent_by), Person.birth_date > child_after)
        statement = select(Person.id, Person.birth_date).where(LIVES, _between(villages), asked_for)
        born = {row.id: row.birth_date for row in await self._session.execute(statement)}
        companions = await self._companions([one for one, day in born.items() if day <= old_by])
        parents = await self._kin([one for one, day in born.items() if day > child_after], of_children=True)
        children = await self._kin([one for one, day in born.items() if day <= parent_by], of_children=False)
        return {
            one: Circumstances(day, companions.get(one), parents.get(one, ()), children.get(one, ()))
            for one, day in born.items()
        }

    async def _companions(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Companion]]:
        """Those with whom each lives: of the living household, else of the legal one; nothing for who has neither."""
        mine, other, person = aliased(HouseholdMember), aliased(HouseholdMember), aliased(Person)
        same = and_(other.household_id == mine.household_id, other.until.is_(None), other.person_id != mine.person_id)
        beside = and_(Person.id == other.person_id, LIVES, _village_of(Person) == _village_of(person))
        statement = (
            select(mine.person_id, mine.kind, Person.id, Person.birth_date)
            .select_from(mine)
            .join(person, person.id == mine.person_id)
            .outerjoin(other, same)
            .outerjoin(Person, beside)
            .where(mine.person_id.in_(ids), mine.until.is_(None))
        )
        found: dict[UUID, dict[str, list[Companion]]] = {}
        for one, kind, companion, birth_date in await self._session.execute(statement):
            held = found.setdefault(one, {}).setdefault(kind, [])
            if companion is not None:
                held.append(Companion(companion, birth_date))
        return {
            one: kinds.get(HouseholdKind.LIVING, kinds.get(HouseholdKind.LEGAL, [])) for one, kinds in found.items()
        }

    async def _kin(self, ids: Collection[UUID], *, of_children: bool) -> Mapping[UUID, Sequence[Kin]]:
        """The parents of children, or the children of parents, by births; who was merged is whoever goes on."""
        row = LifeEventRecord
        named = row.person_id.in_(ids) if of_children else or_(row.mother_id.in_(ids), row.father_id.in_(ids))
        births = select(row.person_id, row.mother_id, row.father_id).where(row.kind == "birth", named)
        pairs: set[tuple[UUID, UUID]] = set()
        for child, *two in await self._session.execute(births):
            pairs |= {(child, one) if of_children else (one, child) for one in two if one is not None}
        last = await going_on(self._session, {other for one, other in pairs if one in ids})
        known = await self._fates(last.values())
        found: dict[UUID, set[UUID]] = {}
        for one, other in pairs:
            if one in ids and last[other] in known:
                found.setdefault(one, set()).add(last[other])
        return {one: [known[other] for other in sorted(others)] for one, others in found.items()}

    async def _fates(self, ids: Collection[UUID]) -> Mapping[UUID, Kin]:
        """What became of these; whose entry was taken back never was."""
        statement = select(Person.id, Person.status, LIVES.label("here")).where(
            Person.id.in_(ids), Person.status != str(PersonStatus.ANNULLED)
        )
        return {
            row.id: Kin(
                row.id, row.here, dead=row.status == PersonStatus.DECEASED, missing=row.status == PersonStatus.MISSING
            )
            for row in await self._session.execute(statement)
        }


def _between(villages: Sequence[str]) -> ColumnElement[bool]:
    """Who belongs to one of these villages, or to one between them, by the last residence."""
    return and_(Person.residence_area >= villages[0], Person.residence_area < villages[-1] + "~")


def _village_of(person: Any) -> Any:
    return func.left(person.residence_area, VILLAGE_DIGITS)


def _of_persons(statement: Any) -> Any:
    return statement.join(Person, Person.id == SUGGESTION.c.person_id)


def _listed(scope: Scope, code: str | None, status: SuggestionStatus | None) -> ColumnElement[bool]:
    conditions = [in_scope(scope)]
    if code is not None:
        conditions.append(SUGGESTION.c.code == code)
    if status is not None:
        conditions.append(SUGGESTION.c.status == str(status))
    return and_(*conditions)
