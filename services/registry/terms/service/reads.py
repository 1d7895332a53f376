"""Reading of terms: one, its versions, lists, counts, the posts of a village on a day, and vacancies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registry.areas.repository import AreaRepository
from services.registry.terms.domain import (
    COMMITTEE,
    REQUIRED,
    CommitteeRule,
    Post,
    TermFilter,
    TermStep,
    committee_rule,
)
from services.registry.terms.repository import TermRepository, Vacancy
from services.registry.terms.service.handling import READ, ShownTerm, TermHandling, was
from shared.auth.principal import Principal
from shared.clock import today
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import VILLAGE_DIGITS
from shared.reference.sexes import FEMALE


@dataclass(frozen=True, slots=True, repr=False)
class ShownTermVersion:
    """What a term was from a step on, as this caller may see it. The repr shows nothing."""

    step: TermStep
    done_by: str | None
    done_at: datetime
    term: ShownTerm


@dataclass(frozen=True, slots=True, repr=False)
class Committee:
    """Who holds which post of a village on a day, and what the law says of it. The repr shows nothing.

    `both`: secretary and director are one (一肩挑); None if one of the posts is vacant. `members`: of the committee,
    each once. `women`: those of them. `vacant`: posts that each village has.
    """

    area: str
    on: date
    terms: Sequence[ShownTerm]
    both: bool | None
    members: int
    women: int
    vacant: Sequence[Post]
    households: int
    rule: CommitteeRule | None


class TermReads:
    """Reading of terms: who holds a post is public by office; looks at single terms, which tell a phone, are noted."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._areas = AreaRepository(context.session)
        self._terms = TermRepository(context.session)
        self._handling = TermHandling(context)

    async def read(self, principal: Principal, id: UUID) -> ShownTerm:
        """One in scope; the look is noted. Raises `NotFound`."""
        term = await self._terms.get(id)
        if term is None:
            raise NotFound(id)
        principal.scope(READ).require(term.area)
        self._handling.note(principal, "read_term", term, READ)
        (shown,) = await self._handling.shown(principal, [term])
        return shown

    async def history(self, principal: Principal, id: UUID, *, after: int, limit: int) -> Sequence[ShownTermVersion]:
        """What was done to one in scope, the first step first; the look is noted. Raises `NotFound`."""
        term = await self._terms.get(id)
        if term is None:
            raise NotFound(id)
        principal.scope(READ).require(term.area)
        self._handling.note(principal, "read_term_history", term, READ)
        rows = await self._terms.history.page(id, after=after, limit=limit + 1)
        shown = await self._handling.shown(principal, [was(row) for row in rows])
        return [
            ShownTermVersion(TermStep(row.step), row.done_by, row.done_at, one)
            for row, one in zip(rows, shown, strict=True)
        ]

    async def page(
        self, principal: Principal, area: str | None, wanted: TermFilter, *, after: UUID | None, limit: int
    ) -> Sequence[ShownTerm]:
        """Those in scope, by id, one more than `limit` if there is one; those shown are noted.

        Raises `NotFound` for an area outside.
        """
        found = await self._terms.page(principal.scope(READ, within=area), wanted, after=after, limit=limit + 1)
        for one in found[:limit]:
            self._handling.note(principal, "list_terms", one, READ)
        return await self._handling.shown(principal, found)

    async def count(self, principal: Principal, area: str | None, wanted: TermFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._terms.count(principal.scope(READ, within=area), wanted)

    async def committee(self, principal: Principal, village: str, on: date | None) -> Committee:
        """Who holds which post of a village on a day. Raises `NotFound` for what is no village in scope."""
        principal.scope(READ).require(village)
        area = await self._areas.get(village)
        if area is None or area.level != VILLAGE_DIGITS:
            raise NotFound(village)
        day = on or today(self._clock)
        terms = await self._terms.in_office(village, day)
        for one in terms:
            self._handling.note(principal, "list_terms", one, READ)
        shown = await self._handling.shown(principal, terms)
        of_village = [one for one in shown if one.values["area"] == village]
        members = {_who(one): one for one in of_village if Post(one.values["post"]) in COMMITTEE}
        return Committee(
            area=village,
            on=day,
            terms=shown,
            both=_both(of_village),
            members=len(members),
            women=sum(one.sex == FEMALE for one in members.values()),
            vacant=[post for post in REQUIRED if not any(one.values["post"] == post for one in of_village)],
            households=await self._terms.households(village),
            rule=committee_rule(area.kind, day),
        )

    async def vacancies(
        self, principal: Principal, area: str, on: date | None, *, after: tuple[str, str] | None, limit: int
    ) -> Sequence[Vacancy]:
        """Posts that each village of an area has and nobody holds on a day, one more than `limit` if there is one.

        Raises `NotFound` for an area outside the scope.
        """
        scope, day = principal.scope(READ, within=area), on or today(self._clock)
        return await self._terms.vacancies(scope, day, after=after, limit=limit + 1)

    async def count_vacancies(self, principal: Principal, area: str, on: date | None) -> int:
        """How many the list has in all: the same predicate."""
        return await self._terms.count_vacancies(principal.scope(READ, within=area), on or today(self._clock))


def _who(one: ShownTerm) -> tuple[object, ...]:
    """Who holds a post: the person of the register who goes on, else somebody outside by the name."""
    return (one.holder,) if one.holder is not None else (None, one.name)


def _both(terms: Sequence[ShownTerm]) -> bool | None:
    heads = {post: [_who(one) for one in terms if one.values["post"] == post] for post in REQUIRED[:2]}
    secretary, director = heads.values()
    return None if not secretary or not director else set(secretary) == set(director)
