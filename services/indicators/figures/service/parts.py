"""Indicators by the parts of an axis (按分组): what is not known is a part of its own, and parts add up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from services.indicators.contributions.domain.ages import BANDS, INSIDE
from services.indicators.contributions.service.counters import UNKNOWN
from services.indicators.contributions.service.nouns import NOUNS
from services.indicators.definitions.domain import Definition
from services.indicators.definitions.service.definitions import Definitions, Known
from services.indicators.figures.domain import AreaFigures, Figure, in_pieces, remainder, with_hidden
from services.indicators.figures.domain.periods import Stretch
from services.indicators.figures.service.reading import Reading, require_few
from services.indicators.figures.service.summing import Amounts, NoSuchAxis, as_told, figures_of, pieces_of
from shared.auth.principal import Principal
from shared.errors import FieldError
from shared.ledgers.grammar.words import FieldType
from shared.messaging.context import UseCaseContext
from shared.messaging.reading.progress import Freshness

SAYS_NOTHING = {"sex": frozenset({"0", "9"})}
"""Codes that say that nothing is known or was said (GB/T 2261.1: 未知的性别、未说明的性别)."""

OVERLAPPING = frozenset({"mark"}).union(
    one.name for noun in NOUNS.values() for one in noun.fields.values() if one.type is FieldType.CHOICES
)
"""Axes by which something may count in several parts, or in none."""


@dataclass(frozen=True)
class Part:
    """One part of an indicator. `inside`: the part that it is itself a part of, so that it is not added."""

    value: str
    inside: str | None
    figure: Figure


@dataclass(frozen=True)
class Parted:
    """An indicator by an axis. Whole = Σ parts that lie in no other + rest; no rest where parts overlap."""

    whole: Figure
    parts: tuple[Part, ...]
    rest: Figure | None


@dataclass(frozen=True)
class PartedFigures:
    """Some indicators of an area in a period, by one axis."""

    area: str
    axis: str
    stretch: Stretch
    indicators: tuple[Parted, ...]
    fresh: tuple[Freshness, ...]


class FigureParts:
    """Reads; nothing is written here."""

    def __init__(self, context: UseCaseContext, definitions: Definitions, *, reader: str) -> None:
        self._reading = Reading(context, definitions, reader=reader)

    async def parts(
        self, principal: Principal, area: str, codes: Collection[str], axis: str, period: str | None
    ) -> PartedFigures:
        """Indicators that are kept by an axis, in its parts. A part that nothing was ever counted in is not told, but
        for what is not known. Raises `NotFound`, `NoSuchAxis`, `PeriodUnknown`, `PeriodNotBegun`, `TooManyCells`."""
        reading = self._reading
        stretch = reading.stretch(period)
        known = (await reading.known(principal, [area], codes)).only(sorted(set(codes)))
        wholes = known.every(stretch.as_of)
        if any(axis not in one.axes for one in wholes):
            raise NoSuchAxis(errors=(FieldError("query.axis", "axis", "所列指标中有的不按此分组统计"),))
        pieces = pieces_of(known, stretch.since, stretch.as_of, asked=True)
        openings = await reading.openings()
        left_out = openings.left_out(area, stretch.as_of)
        terms = {area: 1, **dict.fromkeys(left_out, -1)}
        axes = {(measure.code, axis) for piece in pieces for one in piece.definitions for measure in one.measures}
        amounts = await reading.sums.amounts(list(terms), pieces, axes)
        told = openings.has_figures(area, stretch.as_of)
        found = []
        for whole in wholes:
            codes_ = {(measure.code, axis) for measure in whole.measures}
            values = _values(axis, {one.partition(":")[2] for one in amounts.dimensions(codes_)})
            require_few(len(wholes), len(values))
            parted = _Parting(principal, area, terms, amounts if told else None)
            found.append(parted.parted(known.only([whole.code]), axis, values, stretch))
        return PartedFigures(area, axis, stretch, tuple(found), await reading.fresh(known, stretch.as_of))


def _values(axis: str, counted: Collection[str]) -> dict[str, Sequence[str]]:
    """By part the values that it holds: what says nothing is one part, which is there even if it is empty."""
    nothing = SAYS_NOTHING.get(axis, frozenset()) | {UNKNOWN}
    said = sorted({band.name for band in BANDS}.union(counted)) if axis == "age" else sorted(set(counted) - nothing)
    return {**{one: (one,) for one in said}, UNKNOWN: sorted(nothing)}


@dataclass(frozen=True)
class _Parting:
    """The division of one area's figures."""

    principal: Principal
    area: str
    terms: Mapping[str, int]
    amounts: Amounts | None

    def parted(self, known: Known, axis: str, values: Mapping[str, Sequence[str]], stretch: Stretch) -> Parted:
        whole = self._figures(known, stretch, None)
        parts = [self._figures(known, stretch, [f"{axis}:{one}" for one in of]) for of in values.values()]
        inside = [INSIDE.get(one) if axis == "age" else None for one in values]
        added = [part for part, of in zip(parts, inside, strict=True) if of is None]
        rest = remainder(whole, added)
        if axis in OVERLAPPING:
            whole, *told = as_told(self.principal, self.area, _definitions(whole), with_hidden(whole, parts))
            return Parted(whole.figures[0], _parts(values, inside, told), None)
        nested = [part for part, of in zip(parts, inside, strict=True) if of is not None]
        marked_whole, *marked = with_hidden(whole, [*added, rest])
        hidden = marked_whole.figures[0].hidden or any(part.figures[0].small for part in nested)
        marked_nested = [_hidden(part, hidden) for part in nested]
        of_part = iter(marked[:-1])
        of_nested = iter(marked_nested)
        in_order = [next(of_part if of is None else of_nested) for of in inside]
        whole, rest, *told = as_told(
            self.principal, self.area, _definitions(whole), [marked_whole, marked[-1], *in_order]
        )
        return Parted(whole.figures[0], _parts(values, inside, told), rest.figures[0])

    def _figures(self, known: Known, stretch: Stretch, dimensions: Sequence[str] | None) -> AreaFigures:
        """One indicator of a period, whole or a part of it."""
        found = []
        for piece in pieces_of(known, stretch.since, stretch.as_of, asked=True):
            (definition,) = piece.definitions
            chosen = definition if dimensions is None else definition.part(*dimensions)
            sums = None if self.amounts is None else self.amounts.sums(piece.since, piece.until)
            found.append(figures_of(self.area, [chosen], sums, self.terms))
        return in_pieces(found)


def _definitions(one: AreaFigures) -> list[Definition]:
    return [figure.definition for figure in one.figures]


def _hidden(one: AreaFigures, hidden: bool) -> AreaFigures:
    return AreaFigures(one.area, tuple(replace(figure, hidden=figure.hidden or hidden) for figure in one.figures))


def _parts(values: Collection[str], inside: Sequence[str | None], told: Sequence[AreaFigures]) -> tuple[Part, ...]:
    return tuple(Part(value, of, one.figures[0]) for value, of, one in zip(values, inside, told, strict=True))
