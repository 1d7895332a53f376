"""Queries over terms and their versions, and over posts that nobody holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select, values
from sqlalchemy import Text as SqlText
from sqlalchemy import column as sql_column
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.households.domain import HouseholdKind, HouseholdStatus
from services.registry.households.models import Household
from services.registry.persons.repository.merged import ids_of
from services.registry.terms.domain import IN_OFFICE, POSTS, REQUIRED, WITHDRAWN, TermFilter
from services.registry.terms.models import Term, TermVersion
from shared.auth.scope import Scope, inside
from shared.db.row_versions import RowVersionRepository
from shared.reference.areas import VILLAGE_DIGITS


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A post that each village has, and that nobody holds in this one."""

    area: str
    post: str


class TermRepository:
    """Terms by the area of their post. Whoever changes one holds the lock on its village."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.history = RowVersionRepository(session, TermVersion, TermVersion.term_id)

    async def add(self, term: Term) -> None:
        """A new one, inserted at once."""
        self._session.add(term)
        await self._session.flush()

    async def get(self, id: UUID) -> Term | None:
        """One by id. The caller asks the scope."""
        return await self._session.get(Term, id)

    async def locked(self, id: UUID) -> Term | None:
        """The same, locked until the transaction ends."""
        statement = select(Term).where(Term.id == id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def all_locked(self, villages: Collection[str]) -> Sequence[Term]:
        """Valid terms of these villages, locked in id order."""
        here = or_(false(), *(inside(Term.area, one) for one in villages))
        return await self._all_locked(and_(here, Term.status == str(IN_OFFICE)))

    async def all_of_change(self, change: UUID) -> Sequence[Term]:
        """Those that a change of areas ended or took along last, locked in id order."""
        taken = Term.former[-1]["change"].astext == str(change)
        return await self._all_locked(or_(Term.ended_by == change, taken))

    async def held(self, villages: Collection[str]) -> Collection[str]:
        """Those of the villages in which somebody holds a post."""
        rows = await self._all_of(
            or_(false(), *(inside(Term.area, one) for one in villages)), Term.status == str(IN_OFFICE)
        )
        return {one.area[:VILLAGE_DIGITS] for one in rows}

    async def same_post(self, area: str, post: str, committee: str | None, group: int | None) -> Sequence[Term]:
        """All terms of one post of a place that were not withdrawn."""
        return await self._all_of(
            Term.area == area,
            Term.post == post,
            Term.committee.is_not_distinct_from(committee),
            Term.group_number.is_not_distinct_from(group),
            Term.status != str(WITHDRAWN),
        )

    async def of_person(self, person_id: UUID) -> Sequence[Term]:
        """Terms of a person, and of who was merged into that one, that were not withdrawn."""
        return await self._all_of(Term.person_id.in_(ids_of([person_id])), Term.status != str(WITHDRAWN))

    async def page(self, scope: Scope, wanted: TermFilter, *, after: UUID | None, limit: int) -> Sequence[Term]:
        """Terms in scope, by id."""
        statement = select(Term).where(*_matches(scope, wanted)).order_by(Term.id).limit(limit)
        if after is not None:
            statement = statement.where(Term.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: Scope, wanted: TermFilter) -> int:
        """How many `page` lists in all."""
        return await self._session.scalar(select(func.count(Term.id)).where(*_matches(scope, wanted))) or 0

    async def in_office(self, village: str, on: date) -> Sequence[Term]:
        """Who is in office in a village and its grids on a day, in the order in which they came."""
        statement = select(Term).where(inside(Term.area, village), *_on(on)).order_by(Term.began_on, Term.id)
        return (await self._session.scalars(statement)).all()

    async def vacancies(
        self, scope: Scope, on: date, *, after: tuple[str, str] | None, limit: int
    ) -> Sequence[Vacancy]:
        """Posts that each village in scope has and that nobody holds on a day, by village and post."""
        listed = _vacant(scope, on)
        statement = select(listed).order_by(listed.c.area, listed.c.post).limit(limit)
        if after is not None:
            area, post = after
            later = and_(listed.c.area == area, listed.c.post > post)
            statement = statement.where(or_(listed.c.area > area, later))
        return [Vacancy(row.area, row.post) for row in await self._session.execute(statement)]

    async def count_vacancies(self, scope: Scope, on: date) -> int:
        """How many `vacancies` lists in all."""
        return await self._session.scalar(select(func.count()).select_from(_vacant(scope, on))) or 0

    async def households(self, village: str) -> int:
        """How many active legal households a village has."""
        statement = select(func.count(Household.id)).where(
            inside(Household.area, village),
            Household.kind == HouseholdKind.LEGAL,
            Household.status == HouseholdStatus.ACTIVE,
        )
        return await self._session.scalar(statement) or 0

    async def _all_locked(self, which: ColumnElement[bool]) -> Sequence[Term]:
        statement = select(Term).where(which).order_by(Term.id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).all()

    async def _all_of(self, *which: ColumnElement[bool]) -> Sequence[Term]:
        return (await self._session.scalars(select(Term).where(*which).order_by(Term.id))).all()


def _on(day: date) -> list[ColumnElement[bool]]:
    return [
        Term.status != str(WITHDRAWN),
        Term.began_on <= day,
        or_(Term.ended_on.is_(None), Term.ended_on > day),
    ]


def _vacant(scope: Scope, on: date) -> Any:
    """The one predicate of list and count of vacancies: villages that exist on the day, by required post."""
    posts = values(sql_column("post", SqlText), name="posts").data([(str(one),) for one in REQUIRED])
    somebody = exists().where(Term.area == Area.code, Term.post == posts.c.post, *_on(on))
    return (
        select(Area.code.label("area"), posts.c.post)
        .select_from(Area)
        .join(posts, literal(True))
        .where(
            Area.level == VILLAGE_DIGITS,
            scope.where(Area.code),
            Area.valid_from <= on,
            or_(Area.valid_to.is_(None), Area.valid_to > on),
            ~somebody,
        )
        .subquery("vacant")
    )


def _matches(scope: Scope, wanted: TermFilter) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Term.area)]
    if wanted.post is not None:
        conditions.append(Term.post == str(wanted.post))
    if wanted.body is not None:
        conditions.append(Term.post.in_([str(post) for post, rule in POSTS.items() if rule.body is wanted.body]))
    if wanted.status is not None:
        conditions.append(Term.status == str(wanted.status))
    if wanted.on is not None:
        conditions += _on(wanted.on)
    if wanted.ends_by is not None:
        conditions += [Term.status == str(IN_OFFICE), Term.until <= wanted.ends_by]
    return conditions
