"""Trials of drafts: what a figure was and would be, area by area."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.indicators.deltas.domain import Row
from services.indicators.figures.domain import AreaFigures, Figure, roughly

KEY = "|"
"""Between area, measure and part in what a trial adds up as it goes on."""


def added(
    kept: Mapping[str, Sequence[int]], amounts: Mapping[Row, int], since: date, until: date
) -> dict[str, list[int]]:
    """What was added up so far and a page more: by area, measure and part, the stock and what fell into the period."""
    sums = {key: list(of) for key, of in kept.items()}
    for (area, measure, dimension, day), amount in amounts.items():
        if day > until:
            continue
        of = sums.setdefault(KEY.join((area, measure, dimension)), [0, 0])
        of[0] += amount
        of[1] += amount if day >= since else 0
    return sums


@dataclass(frozen=True)
class Tried:
    """One area: what the indicator comes to now, if there is one, and by the draft."""

    area: str
    before: Figure | None
    after: Figure

    @property
    def differs(self) -> bool:
        """In what is told: that a rounded figure is another one by a single person is not to be seen."""
        return told(self.before) != told(self.after)


def compared(before: Iterable[AreaFigures] | None, after: Iterable[AreaFigures]) -> list[Tried]:
    """The areas in which the draft comes to something else; of a new indicator all in which it comes to something.

    Where a count of people is not told, nothing shows that there is anybody.
    """
    known = {one.area: one.figures[0] for one in before or ()}
    tried = [Tried(one.area, known.get(one.area), one.figures[0]) for one in after]
    return [one for one in tried if (one.differs if before is not None else _comes_to_something(one.after))]


def told(figure: Figure | None) -> dict[str, Any] | None:
    """A figure as it is told to who drafts: of people roughly, and of a few or nobody not at all.

    Nobody is told like a few: a condition that fits one known person would else say whether it holds of them.
    """
    if figure is None:
        return None
    shown = roughly(figure) if figure.definition.least else figure
    if figure.small or (figure.definition.least and _of_nobody(figure)):
        return {"count": None, "base": None, "hidden": True}
    return {"count": shown.count, "base": shown.base, "hidden": False}


def _comes_to_something(figure: Figure) -> bool:
    if figure.definition.least:
        told_of = told(figure)
        return told_of is not None and not told_of["hidden"]
    return bool(figure.count or figure.base)


def _of_nobody(figure: Figure) -> bool:
    """Whether a count, a ratio's base, or what the ratio leaves over is 0, or a percentile is of nobody."""
    if figure.definition.percentile is not None:
        return not any((figure.observed or {}).values())
    rest = None if figure.count is None or figure.base is None else figure.base - figure.count
    return 0 in (figure.count, figure.base, rest)
