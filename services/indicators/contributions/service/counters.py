"""Counters of a noun: what all indicators of one noun count of a state, in one pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from services.indicators.contributions.domain.ages import reaches
from services.indicators.contributions.domain.base import DAYS, Contribution, area_on, places
from services.indicators.contributions.service.compiling import Form, Rule
from services.indicators.contributions.service.nouns import LIVES, OWN_PLACE, Noun, day_of
from shared.contracts.envelope import Span, State
from shared.contracts.ledger_records import MADE_OF
from shared.reference.areas import VILLAGE_DIGITS

LONGEST = 730
"""Days of a duration that are told apart; longer ones count as so many."""

UNKNOWN = "unknown"
"""Part of what an axis says nothing of, so that the parts add up."""

MOST_KEPT = 4_096
"""Combinations of values of which a noun keeps what they fulfil."""


@dataclass(frozen=True)
class Counter:
    """A rule under the code of its measure. `scale`: decimal places of its sums. `guarded`: it also counts of how many
    states a sum is made, because few of them would speak of single people."""

    measure: str
    rule: Rule
    scale: int = 0
    guarded: bool = False

    def contributions(self, state: Any) -> Iterator[Contribution]:
        """What the state counts, if it fulfils the condition."""
        counted = self.rule.counted
        amount = self._amount(state)
        if not amount:
            return
        dimensions = ("", *self._parts(state))
        if self.rule.form is Form.STOCK:
            stays = [(span, begins, ends) for span in self._spans(state) for begins, ends in self._times(state)]
            for span, begins, ends in stays:
                yield from self._held(span, begins, ends, amount, dimensions)
            return
        day = _first(state, counted.day)
        area = None if day is None else self._area(state, day)
        if day is None or area is None:
            return
        if counted.since is not None:
            since = _first(state, [counted.since])
            if since is None:
                return
            dimensions = ("", f"{DAYS}:{min(max((day - since).days, 0), LONGEST)}")
        yield from self._on(area, day, amount, 1, dimensions)

    def _held(
        self, span: Span, begins: date, ends: date | None, amount: int, dimensions: Sequence[str]
    ) -> Iterator[Contribution]:
        since = max(span.start, begins)
        until = min((one for one in (span.end, ends) if one is not None), default=None)
        if until is not None and until <= since:
            return
        yield from self._on(span.area, since, amount, 1, dimensions)
        if until is not None:
            yield from self._on(span.area, until, -amount, -1, dimensions)

    def _on(self, area: str, day: date, amount: int, states: int, dimensions: Sequence[str]) -> Iterator[Contribution]:
        for dimension in dimensions:
            yield Contribution(self.measure, area, day, amount, dimension)
            if self.guarded and self.rule.counted.sum is not None:
                yield Contribution(self.measure + MADE_OF, area, day, states, dimension)

    def _amount(self, state: Any) -> int:
        counted = self.rule.counted
        value = 1 if counted.sum is None else getattr(state, counted.sum)
        amount = 0 if value is None else int(Decimal(value).scaleb(self.scale))
        return -amount if counted.minus else amount

    def _parts(self, state: Any) -> Iterator[str]:
        for axis in self.rule.counted.parts:
            value = getattr(state, axis)
            several = value if isinstance(value, tuple) else (value,)
            for one in several or (None,):
                told = UNKNOWN if one is None else str(one).lower() if isinstance(one, bool) else one
                yield f"{axis}:{told}"

    def _spans(self, state: Any) -> Sequence[Span]:
        noun = self.rule.noun
        if noun.spans:
            spans: Sequence[Span] = getattr(state, self.rule.counted.place or noun.spans[0])
            return [one for one in spans if len(one.area) >= VILLAGE_DIGITS]
        return places(_area(noun, state), getattr(state, "former", ()))

    def _area(self, state: Any, day: date) -> str | None:
        """Where a flow counts: of people where they lived on the day, or else where they lived last before or first."""
        noun = self.rule.noun
        if not noun.spans:
            return area_on(day, _area(noun, state), getattr(state, "former", ()))
        spans = self._spans(state)
        before = [one.area for one in spans if one.start <= day]
        return before[-1] if before else spans[0].area if spans else None

    def _times(self, state: Any) -> Iterator[tuple[date, date | None]]:
        """When it counts: of what began again also the times before; of people while they are of an age."""
        counted = self.rule.counted
        begins = _first(state, counted.day) if counted.day else date.min
        if begins is None:
            return
        ends = min((day for name in counted.until if (day := _first(state, [name])) is not None), default=None)
        if counted.ages is not None:
            low, high = counted.ages.low, counted.ages.high
            begins = max(begins, reaches(state.birth_month, low))
            ends = min(
                (one for one in (ends, None if high is None else reaches(state.birth_month, high)) if one is not None),
                default=None,
            )
        if counted.day and counted.day[0] == LIVES.get(self.rule.noun.name):
            yield from ((one.since, one.until) for one in state.earlier)
        yield begins, ends


def _area(noun: Noun, state: Any) -> str:
    area: str = getattr(state, OWN_PLACE.get(noun.name, "area"))
    return area


def _first(state: Any, names: Sequence[str]) -> date | None:
    for name in names:
        value = getattr(state, name)
        if value is not None:
            return day_of(value)
    return None


@dataclass
class NounCounters:
    """All counters of a noun. What conditions read is looked up together: one look says which of them are fulfilled.

    Conditions over codes alone are evaluated once for each combination of their values; the others for each state.
    """

    noun: Noun
    counters: Sequence[Counter]
    _kept: dict[Any, tuple[Counter, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._few = [one for one in self.counters if one.rule.few]
        self._many = [one for one in self.counters if not one.rule.few]
        names = sorted({read.name for one in self._few for read in one.rule.reads})
        self._key = attrgetter(*names) if names else lambda _: None

    def contributions(self, state: State) -> list[Contribution]:
        """What the state counts by all of them."""
        if not self.noun.counts(state):
            return []
        found: list[Contribution] = []
        for one in self._fulfilled(state):
            found += one.contributions(state)
        for one in self._many:
            if one.rule.holds(state):
                found += one.contributions(state)
        return found

    def _fulfilled(self, state: State) -> tuple[Counter, ...]:
        key = self._key(state)
        kept = self._kept.get(key)
        if kept is None:
            kept = tuple(one for one in self._few if one.rule.holds(state))
            if len(self._kept) < MOST_KEPT:
                self._kept[key] = kept
        return kept
