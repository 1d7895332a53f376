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
    """The areas in which the draft comes to something else; of a new indicator all in which it comes to something."""
    known = {one.area: one.figures[0] for one in before or ()}
    tried = [Tried(one.area, known.get(one.area), one.figures[0]) for one in after]
    return [one for one in tried if (one.differs if before is not None else one.after.count or one.after.base)]


def told(figure: Figure | None) -> dict[str, Any] | None:
    """A figure as it is told to who drafts: of people roughly, and small ones not at all."""
    if figure is None:
        return None
    shown = roughly(figure) if figure.definition.least else figure
    if figure.small:
        return {"count": None, "base": None, "hidden": True}
    return {"count": shown.count, "base": shown.base, "hidden": False}
