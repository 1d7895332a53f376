"""Use case of explanations: a figure opened into children, formula, versions, and the states behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.indicators.contributions.service.counters import NounCounters
from services.indicators.contributions.service.nouns import OF_THINGS
from services.indicators.countings.repository import CountingRepository
from services.indicators.definitions.domain import Definition, Measure
from services.indicators.definitions.service.definitions import Definitions
from services.indicators.deltas.repository import DeltaRepository
from services.indicators.deltas.service import counted_by
from services.indicators.explanations.domain import (
    OF_LEDGERS,
    READ_BY,
    AmountRole,
    Piece,
    Source,
    Withheld,
    amounts_of,
)
from services.indicators.explanations.repository import ExplanationRepository
from services.indicators.figures.domain import Figure
from services.indicators.figures.service.figures import Answer, Figures
from services.indicators.figures.service.summing import NOTHING, FigureSums, pieces_of, require_in_order
from shared.auth.access_entries import Detail, Purpose
from shared.auth.principal import Principal
from shared.auth.roles import DEPARTMENTAL, PERMISSIONS
from shared.clock import business_day, today
from shared.messaging.context import UseCaseContext

LOOK = 500
"""States that are looked at in one step, until a page is full."""


@dataclass(frozen=True)
class Term:
    """A measure in a formula, and what it comes to; None: the figure is not told exactly."""

    role: AmountRole
    factor: int
    measure: Measure
    value: int | None


@dataclass(frozen=True)
class Formula:
    """By which version of the definition which days are counted, and what of."""

    definition: Definition
    since: date
    until: date
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class NounBehind:
    """A noun of which states are counted. `withheld`: why they are not named; None: they are."""

    noun: str
    withheld: Withheld | None


@dataclass(frozen=True)
class Explanation:
    """A figure with all that it is made of. `of`: the indicators that it is calculated from, in the same area."""

    answer: Answer
    figure: Figure
    of: tuple[Figure, ...]
    formulas: tuple[Formula, ...]
    nouns: tuple[NounBehind, ...]
    sources: tuple[Source, ...]


class Explanations:
    """Reads. Whoever is told which states of people were counted is noted in the access log."""

    def __init__(self, context: UseCaseContext, definitions: Definitions, figures: Figures) -> None:
        self._access = context.access
        self._clock = context.clock
        self._definitions = definitions
        self._figures = figures
        self._deltas = DeltaRepository(context.session)
        self._sums = FigureSums(context.session)
        self._countings = CountingRepository(context.session)
        self._explanations = ExplanationRepository(context.session)

    async def explain(
        self,
        principal: Principal,
        area: str,
        code: str,
        *,
        as_of: date | None,
        since: date | None,
        dimension: str | None,
        after: tuple[str, str] | None,
        limit: int,
    ) -> Explanation:
        """A figure as `Figures.values` tells it, and up to `limit` + 1 states behind it that come after a noun and id.

        Raises `NotFound`, `PeriodOutOfRange`, `NoSuchAxis`.
        """
        as_of = as_of or today(self._clock)
        since = since or date(as_of.year, 1, 1)
        require_in_order(since, as_of)
        known = await self._definitions.known_to(principal, area, [code])
        needs = known.needs(code, as_of) if dimension is None else ()
        answer = await self._figures.values(
            principal,
            area,
            [code, *needs],
            as_of=as_of,
            since=since,
            breakdown=True,
            dimension=dimension,
            known=known.only([code, *needs]),
        )
        by_code = {one.definition.code: one for one in answer.whole.figures}
        figure = by_code[code]
        pieces = [
            Piece(one.since, one.until, definition)
            for one in pieces_of(known, since, as_of, dimension, asked=True)
            for definition in one.definitions
        ]
        measures = {measure.code for piece in pieces for measure in piece.definition.measures}
        nouns = [
            NounBehind(one, self._withheld(principal, one, area, figure))
            for one in await self._explanations.nouns_of(measures)
        ]
        named = [one.noun for one in nouns if one.withheld is None]
        counters = await self._countings.live(measures) if named else {}
        sources = [] if figure.count is None else await self._sources(area, pieces, named, counters, after, limit + 1)
        self._note(principal, area, sources[:limit])
        return Explanation(
            answer=answer,
            figure=figure,
            of=tuple(by_code[one] for one in needs),
            formulas=await self._formulas(area, figure, pieces),
            nouns=tuple(nouns),
            sources=tuple(sources),
        )

    def _withheld(self, principal: Principal, noun: str, area: str, figure: Figure) -> Withheld | None:
        if figure.hidden:
            return Withheld.SMALL
        if figure.rounded or not may_be_named(principal, noun, area, figure.definition):
            return Withheld.NOT_ENTITLED
        return None

    async def _sources(
        self,
        area: str,
        pieces: Sequence[Piece],
        nouns: Sequence[str],
        counters: dict[str, NounCounters],
        after: tuple[str, str] | None,
        wanted: int,
    ) -> list[Source]:
        found: list[Source] = []
        begin, last = after or ("", "")
        for noun in nouns:
            if noun < begin:
                continue
            at, look, more = last if noun == begin else "", wanted, True
            while more and len(found) < wanted:
                held = await self._explanations.states(noun, area, at, look)
                for one in held[: None if len(found) < wanted else 0]:
                    amounts = amounts_of(area, pieces, counted_by(one.state, counters))
                    if amounts:
                        late = business_day(one.changed_at) > pieces[-1].until
                        found.append(Source(noun, one.state.subject, one.version, one.changed_at, late, amounts))
                at, look, more = held[-1].state.subject if held else at, LOOK, len(held) == look
        return found[:wanted]

    async def _formulas(self, area: str, figure: Figure, pieces: Sequence[Piece]) -> tuple[Formula, ...]:
        told = not (figure.hidden or figure.rounded or figure.count is None)
        if len(pieces) == 1 and all(
            total.terms[0][0] == len(total.terms) == 1 for total in pieces[0].definition.totals
        ):
            return (_of_one_measure_each(figure, pieces[0], told=told),)
        left_out = (await self._deltas.openings(area)).left_out(area, pieces[-1].until)
        found = []
        for piece in pieces:
            definition = piece.definition
            counted = {area: 1, **dict.fromkeys(left_out, -1)}
            sums = await self._sums.of(counted, [definition], piece.since, piece.until) if told else {}
            terms = []
            for role, total in zip((AmountRole.COUNT, AmountRole.BASE), definition.totals, strict=False):
                for factor, measure in total.terms:
                    of = [(sign, sums.get((one, measure), NOTHING)) for one, sign in counted.items()]
                    value = sum(sign * (one.stock if definition.stands else one.flow) for sign, one in of)
                    terms.append(Term(role, factor, measure, value if told else None))
            found.append(Formula(definition, piece.since, piece.until, tuple(terms)))
        return tuple(found)

    def _note(self, principal: Principal, area: str, sources: Sequence[Source]) -> None:
        """Note who was told of which people and records that they were counted."""
        for one in sources:
            if one.noun not in OF_THINGS:
                self._access.note(
                    principal,
                    action="explain",
                    noun=one.noun,
                    object_id=one.id,
                    area=area,
                    purpose=Purpose.STATISTICS,
                    detail=Detail.EXISTENCE,
                    role=principal.role_in("indicator.read", area),
                )


def _of_one_measure_each(figure: Figure, piece: Piece, *, told: bool) -> Formula:
    """The formula of a count, or of a ratio of two: their measures come to what the figure is."""
    counts = (figure.count, figure.base)
    of = zip((AmountRole.COUNT, AmountRole.BASE), piece.definition.totals, counts, strict=False)
    terms = [Term(role, 1, total.measures[0], value if told else None) for role, total, value in of]
    return Formula(piece.definition, piece.since, piece.until, tuple(terms))


def may_be_named(principal: Principal, noun: str, area: str, definition: Definition) -> bool:
    """Whether the caller may be told which states of a noun were counted in the area: who may read each of them."""
    if noun in OF_LEDGERS:
        if definition.read_by is None:
            return not definition.least and principal.department_scope("record.read").allows(area, None)
        known = definition.read_by in PERMISSIONS
        return known and principal.department_scope("record.read", definition.read_by).allows(area, None)
    permission = READ_BY.get(noun)
    if permission is None:
        return False
    if permission in DEPARTMENTAL:
        return principal.department_scope(permission).allows(area, None)
    return principal.scope(permission).allows(area)
