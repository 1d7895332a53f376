"""Measures and ratios of a definition: over published fields only, and a numerator that is part of its denominator."""

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from shared.ledgers.compiler.checks.expressions import Expressions
from shared.ledgers.compiler.checks.trying import Domains, tries
from shared.ledgers.compiler.counting import ENTERED, CountedMeasure, Counting
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.known import Known, once
from shared.ledgers.compiler.report import Report
from shared.ledgers.compiler.values import DEFAULT_SCALE
from shared.ledgers.expressions.program import NotEvaluated, Program
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import Computed, FieldDefinition
from shared.ledgers.grammar.figures import Measure, Ratio
from shared.ledgers.grammar.words import NUMBERS, FieldType, MeasureKind, Privacy

DIMENSIONS = (FieldType.CHOICE, FieldType.CODE, FieldType.BOOLEAN, FieldType.DEPARTMENT)
MAX_INDICATOR = 64
"""Characters of an indicator's code: owner, ledger and measure."""

MAX_COMPARED = 4_096
"""Records that numerator and denominator are compared on."""


def indicator_of(definition: Definition, code: str) -> str:
    """Code of the indicator that a measure or ratio of the ledger becomes."""
    return f"{definition.owner.value}.{definition.code}.{code}"


def scale_of(definition: Definition, measure: Measure) -> int:
    """Decimal places of what a measure adds up: those of its field; 0 for a count and for whole numbers."""
    fields: list[FieldDefinition | Computed] = [*definition.fields, *definition.computed]
    for one in fields:
        if one.name == measure.sum and one.type in (FieldType.DECIMAL, FieldType.PERCENT):
            return DEFAULT_SCALE if one.scale is None else one.scale
    return 0


class Figures:
    """Checks the measures and ratios of one definition."""

    def __init__(
        self,
        definition: Definition,
        known: Known,
        expressions: Expressions,
        privacy: Mapping[str, Privacy],
        naming: frozenset[str],
        report: Report,
    ) -> None:
        self._definition, self._known, self._report = definition, known, report
        self._expressions, self._privacy, self._naming = expressions, privacy, naming
        self._published = frozenset(definition.published)
        self._allowed = frozenset({*(f"record.{name}" for name in self._published), "status"})
        self._where: dict[str, Program] = {}

    def counting(self) -> Counting:
        """The measures, compiled. Errors at every measure that reads what does not leave, every ratio that is none."""
        measures, ratios = self._definition.measures, self._definition.ratios
        once([one.code for one in measures], "measures", "code", self._report, codes := set[str]())
        once([one.code for one in ratios], "ratios", "code", self._report, codes)
        for place, measure in enumerate(measures):
            self._measure(measure, f"measures.{place}")
        for place, ratio in enumerate(ratios):
            self._ratio(ratio, f"ratios.{place}", {one.code: one for one in reversed(measures)})
        codes_by_kind = {"measures": [one.code for one in measures], "ratios": [one.code for one in ratios]}
        for kind, names in codes_by_kind.items():
            for place, code in enumerate(names):
                if len(indicator_of(self._definition, code)) > MAX_INDICATOR:
                    self._report.add(f"{kind}.{place}.code", "indicator_too_long")
        types = {name: field.type for name, field in self._known.fields.items()}
        types |= {name: one.type for name, one in self._known.computed.items()}
        finals = frozenset(status.code for status in self._definition.statuses if status.final)
        return Counting([self._counted(one) for one in measures], types, finals)

    def _counted(self, measure: Measure) -> CountedMeasure:
        return CountedMeasure(
            measure,
            indicator_of(self._definition, measure.code),
            self._where.get(measure.code),
            scale_of(self._definition, measure),
        )

    def _measure(self, measure: Measure, path: str) -> None:
        self._date(measure.date, f"{path}.date")
        if measure.kind is MeasureKind.FLOW and measure.until:
            self._report.add(f"{path}.until", "measure_until")
        for place, until in enumerate(measure.until):
            self._date(until, f"{path}.until.{place}")
        self._uses(measure.dimension, f"{path}.dimension", DIMENSIONS, "measure_dimension")
        self._uses(measure.sum, f"{path}.sum", tuple(NUMBERS), "measure_sum")
        if measure.where is not None:
            self._condition(measure.code, measure.where, f"{path}.where")

    def _condition(self, code: str, where: str, path: str) -> None:
        program = self._expressions.compile(where, "boolean", path)
        if program is None:
            return
        if "today" in program.reads:
            self._report.add(path, "measure_today")
        for variable in sorted(program.reads - {"today"}):
            name = variable.removeprefix("record.")
            if self._is_private(name):
                self._report.add(path, "measure_private")
            elif variable not in self._allowed:
                self._report.add(path, "measure_field")
        empty = [name for name in program.reads if self._expressions.domains.may_be_empty(name, ())]
        if not all(
            _value(program, over) is not None for over in tries(program, self._expressions.domains, empty=empty)
        ):
            self._report.add(path, "expression_meets_empty")
        self._where[code] = program

    def _date(self, date: str, path: str) -> None:
        if date.startswith(ENTERED):
            if date.removeprefix(ENTERED) not in self._known.statuses:
                self._report.add(path, "unknown_status")
        else:
            self._uses(date, path, (FieldType.DATE,), "measure_date")

    def _uses(self, name: str | None, path: str, types: tuple[FieldType, ...], code: str) -> None:
        if name is None:
            return
        named = self._known.fields.get(name) or self._known.computed.get(name)
        if self._is_private(name):
            self._report.add(path, "measure_private")
        elif named is None or named.type not in types:
            self._report.add(path, code)
        elif name not in self._published:
            self._report.add(path, "measure_field")

    def _is_private(self, name: str) -> bool:
        """Whether it is sealed, or says whom a record is about: a figure of one certain person is none."""
        return self._privacy.get(name) in SEALED or name in self._naming

    def _ratio(self, ratio: Ratio, path: str, measures: Mapping[str, Measure]) -> None:
        for part in ("numerator", "denominator"):
            if getattr(ratio, part) not in measures:
                self._report.add(f"{path}.{part}", "unknown_code")
                return
        one, other = measures[ratio.numerator], measures[ratio.denominator]
        if ratio.numerator == ratio.denominator:
            self._report.add(path, "ratio_self")
        elif not _comparable(one, other):
            self._report.add(path, "ratio_kinds")
        elif any(self._counts(one, over) and not self._counts(other, over) for over in self._records(one, other)):
            self._report.add(path, "ratio_outside")

    def _records(self, one: Measure, other: Measure) -> Iterator[dict[str, Any]]:
        """Records to compare two measures on: all of them if they read codes and statuses only."""
        programs = [self._where[measure.code] for measure in (one, other) if measure.code in self._where]
        domains, names = self._expressions.domains, sorted({name for program in programs for name in program.reads})
        compared = [pair for program in programs for pair in program.compared]
        numbers = [number for program in programs for number in program.numbers]
        values = [
            _domain(name, domains, [text for variable, text in compared if variable == name], numbers) for name in names
        ]
        for combination in islice(product(*values), MAX_COMPARED):
            yield dict(zip(names, combination, strict=True))

    def _counts(self, measure: Measure, over: Mapping[str, Any]) -> bool:
        program = self._where.get(measure.code)
        return program is None or bool(_value(program, over))


def _comparable(one: Measure, other: Measure) -> bool:
    """Whether one can be a part of the other. Of two sums only the records are compared, not what is added up."""
    same = (one.kind, one.date, one.unit, one.sum is None) == (other.kind, other.date, other.unit, other.sum is None)
    return same and set(other.until) <= set(one.until)


def _domain(name: str, domains: Domains, compared: list[str], numbers: list[int]) -> tuple[Any, ...]:
    codes = domains.codes(name)
    if name == "status":
        return domains.samples(name, compared)
    empty = (None,) if domains.may_be_empty(name, ()) else ()
    if codes is not None and domains.samples(name, compared)[:1] != ([],):
        return (*empty, *sorted(codes))
    return (*empty, *domains.samples(name, compared, numbers))


def _value(program: Program, over: Mapping[str, Any]) -> bool | None:
    """What a condition says of a record; None for no answer."""
    try:
        return program.holds(over)
    except NotEvaluated:
        return None
