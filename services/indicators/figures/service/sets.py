"""Figures of sets of areas (服务社区、片区): summed up by the members of a day, and what belongs to none of them."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.indicators.definitions.service.definitions import Definitions
from services.indicators.deltas.domain import Openings
from services.indicators.deltas.repository import DeltaRepository
from services.indicators.figures.domain import AreaFigures, remainder, together, with_hidden
from services.indicators.figures.service.summing import (
    FigureSums,
    Piece,
    as_told,
    counted_at,
    counted_nouns,
    pieces_of,
    require_in_order,
)
from shared.auth.principal import Principal
from shared.auth.scope import is_inside, outermost
from shared.clock import today
from shared.contracts.registry.area_sets import EXCLUSIVE, AreaSetKind, AreaSetState, AreaSetStatus
from shared.contracts.registry.areas import AreaState
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_all
from shared.messaging.reading.progress import Freshness, fresh_through
from shared.reference.areas import LEVELS, VILLAGE_DIGITS, ancestors


@dataclass(frozen=True)
class SetFigure:
    """The figures of one set, with its members of the day."""

    id: UUID
    members: tuple[str, ...]
    figures: AreaFigures


@dataclass(frozen=True)
class SetAnswer:
    """Figures of the sets of a kind inside an area.

    `beyond`: of members of sets that reach out of it; `none`: of what belongs to no set. `overlapping`: sets of the
    kind may have members in common.
    """

    whole: AreaFigures
    kind: AreaSetKind
    overlapping: bool
    sets: tuple[SetFigure, ...]
    beyond: AreaFigures
    none: AreaFigures
    since: date
    as_of: date
    after_today: bool
    fresh: tuple[Freshness, ...]


class SetFigures:
    """Reads; nothing is written here. Whoever reads figures of an area reads those of the sets inside it."""

    def __init__(self, context: UseCaseContext, definitions: Definitions, *, reader: str) -> None:
        self._session = context.session
        self._clock = context.clock
        self._deltas = DeltaRepository(context.session)
        self._sums = FigureSums(context.session)
        self._definitions = definitions
        self._reader = reader

    async def values(
        self,
        principal: Principal,
        area: str,
        kind: AreaSetKind,
        codes: Collection[str] | None = None,
        *,
        as_of: date | None = None,
        since: date | None = None,
        dimension: str | None = None,
    ) -> SetAnswer:
        """Figures as of a day (today) of an area within scope, by the sets of a kind as they were composed on that day.

        A set is hidden if a member is, and a rest if a village of it is: what is told of the others would give it away.
        Raises `NotFound`, `PeriodOutOfRange`, `NoSuchAxis` as `Figures.values`.
        """
        principal.scope("indicator.read").require(area)
        as_of = as_of or today(self._clock)
        since = since or date(as_of.year, 1, 1)
        require_in_order(since, as_of)
        known = await self._definitions.known_to(principal, area, codes)
        pieces = pieces_of(known, since, as_of, dimension, asked=codes is not None)
        definitions = pieces[-1].definitions
        inside, beyond = await self._sets(area, kind, as_of)
        members = outermost([*(code for _, codes_ in inside for code in codes_), *beyond])
        openings = await self._deltas.openings(area)
        counted = counted_at(openings)
        asked = {code for _, codes_ in inside for code in codes_}.union(beyond)
        whole, *found = await self._sums.figures([area, *sorted(asked)], pieces, openings, counted)
        by_area = {one.area: one for one in found}

        def of(one: str) -> AreaFigures:
            return by_area[one]

        parts = [together(area, [of(code) for code in codes_], definitions) for _, codes_ in inside]
        outside = together(area, [of(code) for code in beyond], definitions)
        rest = remainder(whole, [of(code) for code in members])
        rest = await self._with_small(area, rest, pieces, members, by_area, openings, as_of)
        hidden = with_hidden(whole, [*parts, outside, rest])
        whole, *told = as_told(principal, area, definitions, hidden)
        *of_sets, outside, rest = told
        return SetAnswer(
            whole=whole,
            kind=kind,
            overlapping=kind not in EXCLUSIVE,
            sets=tuple(SetFigure(named, codes_, one) for (named, codes_), one in zip(inside, of_sets, strict=True)),
            beyond=outside,
            none=rest,
            since=since,
            as_of=as_of,
            after_today=as_of > today(self._clock),
            fresh=tuple(
                await fresh_through(self._session, self._reader, [*counted_nouns(definitions), AreaSetState.noun])
            ),
        )

    async def _sets(
        self, area: str, kind: AreaSetKind, day: date
    ) -> tuple[Sequence[tuple[UUID, tuple[str, ...]]], Sequence[str]]:
        """The sets of the kind with their members of the day that all lie in the area; and members in it of others."""
        inside, beyond = [], set[str]()
        for one in await projected_all(self._session, AreaSetState):
            if one.kind is not kind or one.status is AreaSetStatus.WITHDRAWN:
                continue
            members = [
                member.area
                for member in one.members
                if member.since <= day and (member.until is None or day < member.until)
            ]
            here = tuple(sorted(member for member in members if is_inside(member, area)))
            if here and len(here) == len(members):
                inside.append((one.id, here))
            beyond.update(here if len(here) < len(members) else ())
        return inside, sorted(beyond)

    async def _with_small(
        self,
        area: str,
        rest: AreaFigures,
        pieces: Sequence[Piece],
        members: Sequence[str],
        of_members: Mapping[str, AreaFigures],
        openings: Openings,
        as_of: date,
    ) -> AreaFigures:
        """The rest, hidden if a village that is in no set, or what an area has at its own level, is small."""
        definitions = pieces[-1].definitions
        guarded = [one for one in definitions if one.least]
        if not guarded or len(area) >= VILLAGE_DIGITS:
            return rest
        levels = [
            await self._deltas.codes_below(area, length, AreaState.noun)
            for length in LEVELS
            if len(area) < length <= VILLAGE_DIGITS
        ]
        known = sorted({area, *(code for codes in levels for code in codes)})
        found = {one.area: one for one in await self._sums.figures(known, pieces, openings, counted_at(openings))}
        tree = {code: found[code] for code in known if openings.has_figures(code, as_of)}
        parts = {*tree, *members} - {area}
        figures = {**of_members, **tree}
        cells = [
            remainder(tree[code], [figures[one] for one in parts if _next_above(one, tree) == code])
            for code in sorted(tree.keys() - set(members))
        ]
        marks = together(area, cells, definitions)
        return AreaFigures(
            area,
            tuple(
                replace(figure, hidden=mark.hidden) for figure, mark in zip(rest.figures, marks.figures, strict=True)
            ),
        )


def _next_above(area: str, tree: Container[str]) -> str | None:
    """The smallest area of a tree that an area lies in."""
    return next((code for code in ancestors(area) if code in tree), None)
