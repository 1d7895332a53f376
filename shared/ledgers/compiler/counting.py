"""Measures of a ledger, compiled: what one record counts, on which day, and in which part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shared.clock import business_day
from shared.contracts.ledger_records import MADE_OF, RecordCount
from shared.ledgers.compiler.running import running
from shared.ledgers.expressions.program import NotEvaluated, Program
from shared.ledgers.grammar.figures import Measure
from shared.ledgers.grammar.words import FieldType, MeasureKind

ENTERED = "entered:"


@dataclass(frozen=True)
class CountedMeasure:
    """A measure with its indicator's code, the program of its condition, and the decimal places of what it adds up."""

    definition: Measure
    indicator: str
    program: Program | None
    scale: int


@dataclass(frozen=True)
class Counting:
    """The measures of a ledger. `types`: of fields and computed fields. `finals`: statuses that end a record."""

    measures: Sequence[CountedMeasure]
    types: Mapping[str, FieldType]
    finals: frozenset[str]

    def counts(self, values: Mapping[str, Any], status: str, entered: Mapping[str, datetime]) -> Iterator[RecordCount]:
        """What a record counts. `values` in their JSON forms, computed ones among them; empty ones may be left out.

        A final status that the record was reopened from does not count as entered.
        """
        for one in self.measures:
            begins = self._day(one.definition.date, values, status, entered)
            amount = self._amount(one, values)
            if begins is None or not amount or not self._holds(one, values, status):
                continue
            dimensions = ["", *self._parts(one.definition, values)]
            for part in dimensions:
                yield from self._counts(one, begins, amount, 1, part)
            if one.definition.kind is MeasureKind.FLOW:
                continue
            ends = [self._day(until, values, status, entered) for until in one.definition.until]
            told = [day for day in ends if day is not None]
            if told:
                day = max(begins, min(told))
                for part in dimensions:
                    yield from self._counts(one, day, -amount, -1, part)

    def _counts(self, one: CountedMeasure, day: date, amount: int, records: int, part: str) -> Iterator[RecordCount]:
        """What is counted and, of a sum, of how many records it is made."""
        yield RecordCount(indicator=one.indicator, day=day, amount=amount, dimension=part)
        if one.definition.sum is not None:
            yield RecordCount(indicator=one.indicator + MADE_OF, day=day, amount=records, dimension=part)

    def _day(self, named: str, values: Mapping[str, Any], status: str, entered: Mapping[str, datetime]) -> date | None:
        if not named.startswith(ENTERED):
            value = values.get(named)
            return None if value is None else date.fromisoformat(value)
        of = named.removeprefix(ENTERED)
        if of in self.finals and of != status:
            return None
        at = entered.get(of)
        return None if at is None else business_day(at)

    def _amount(self, one: CountedMeasure, values: Mapping[str, Any]) -> int:
        if one.definition.sum is None:
            return 1
        value = values.get(one.definition.sum)
        return 0 if value is None else int(Decimal(value).scaleb(one.scale))

    def _parts(self, measure: Measure, values: Mapping[str, Any]) -> Iterator[str]:
        value = None if measure.dimension is None else values.get(measure.dimension)
        if value is not None:
            yield f"{measure.dimension}:{str(value).lower() if isinstance(value, bool) else value}"

    def _holds(self, one: CountedMeasure, values: Mapping[str, Any], status: str) -> bool:
        if one.program is None:
            return True
        over: dict[str, Any] = {"status": status}
        for variable in one.program.reads - {"status"}:
            name = variable.removeprefix("record.")
            over[variable] = running(self.types[name], values.get(name))
        try:
            return one.program.holds(over)
        except NotEvaluated:
            return False
