"""Rules and computed fields of a definition: compiled, put into the order of their need, tried on empty fields."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.ledgers.compiler.checks.trying import Domains, tries
from shared.ledgers.compiler.expressed import CheckedRule, ComputedField, Expressed
from shared.ledgers.compiler.known import Known, refer
from shared.ledgers.compiler.report import Report
from shared.ledgers.compiler.values import DEFAULT_SCALE
from shared.ledgers.expressions.language import LIST, MAYBE_TEXT, TYPES
from shared.ledgers.expressions.program import RESULTS, Language, NotAccepted, NotEvaluated, Program, variables_of
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import Rule
from shared.ledgers.grammar.words import FieldType

MAX_TOTAL = 60_000
"""Cost of all expressions of a ledger together; a rule that is asked for each row counts for every row."""

FEW = frozenset({FieldType.BOOLEAN, FieldType.CHOICE, FieldType.DATE})
"""Types of few values, none of which says who somebody is."""

SCALED = (FieldType.DECIMAL, FieldType.PERCENT)


class Expressions:
    """Compiles the expressions of one definition. `variables`: types by the names that expressions use."""

    def __init__(self, definition: Definition, known: Known, report: Report) -> None:
        self._definition, self._known, self._report = definition, known, report
        names = [(f"record.{name}", _type(field.type)) for name, field in known.fields.items()]
        names += [(f"record.{name}", _type(one.type)) for name, one in known.computed.items()]
        names += [
            (f"record.{name}.{column.name}", LIST(_type(column.type)))
            for name, rows in known.rows.items()
            for column in rows.fields
            if column.type is not FieldType.CHOICES
        ]
        self.variables = variables_of(names)
        few = {f"record.{name}" for name, one in known.fields.items() if one.type in FEW}
        few |= {f"record.{name}" for name, one in known.computed.items() if one.type in FEW}
        self.language = Language(self.variables, frozenset({"status", "today", *few}))
        self.domains = Domains(known)
        self.reads: dict[str, frozenset[str]] = {}
        self._cost = 0

    def compile(
        self,
        expression: str,
        result: str,
        path: str,
        *,
        language: Language | None = None,
        allowed: frozenset[str] | None = None,
        times: int = 1,
    ) -> Program | None:
        """A program, or None with the error at its place. What it reads is kept under the place."""
        try:
            program = (language or self.language).compile(expression, result, allowed=allowed)
        except NotAccepted as refused:
            self._report.add(path, refused.code)
            return None
        self.reads[path] = program.reads
        self._cost += program.cost * times
        if self._cost > MAX_TOTAL:
            self._report.add(path, "expression_too_costly")
        for variable, text in program.compared:
            offered = self.domains.codes(variable)
            if offered is not None and text not in offered:
                self._report.add(path, "expression_choice")
        return program

    def expressed(self) -> Expressed:
        """The rules and computed fields that could be compiled."""
        computed = self._computed()
        rules = [one for place, rule in enumerate(self._definition.rules) if (one := self._rule(rule, place))]
        programs = [one.program for one in computed] + [one.program for one in rules]
        reads = frozenset(name for program in programs for name in program.reads)
        return Expressed(self._known.fields, self._known.rows, rules, computed, reads)

    def _computed(self) -> list[ComputedField]:
        found: dict[str, ComputedField] = {}
        for place, one in enumerate(self._definition.computed):
            path = f"computed.{place}"
            if one.type.value not in RESULTS:
                self._report.add(f"{path}.type", "computed_type")
                continue
            if one.scale is not None and one.type not in SCALED:
                self._report.add(f"{path}.scale", "scale_misplaced")
            program = self.compile(one.value, one.type.value, f"{path}.value")
            if program is None:
                continue
            if not any(_evaluates(program, over) for over in tries(program, self.domains, empty=())):
                self._report.add(f"{path}.value", "expression_never")
            found.setdefault(one.name, ComputedField(one, program, DEFAULT_SCALE if one.scale is None else one.scale))
        return self._in_order(found)

    def _in_order(self, computed: dict[str, ComputedField]) -> list[ComputedField]:
        """Each after those that it reads; errors at those that stand in a circle."""
        ordered: list[ComputedField] = []
        waiting = dict(computed)
        while ready := [name for name, one in waiting.items() if not _read_computed(one.program, waiting)]:
            ordered += [waiting.pop(name) for name in ready]
        for place, given in enumerate(self._definition.computed):
            if given.name in waiting:
                self._report.add(f"computed.{place}.value", "computed_cycle")
        return ordered

    def _rule(self, rule: Rule, place: int) -> CheckedRule | None:
        path, rows = f"rules.{place}", self._known.rows.get(rule.each or "")
        refer(rule.in_statuses, self._known.statuses, f"{path}.in_statuses", "unknown_status", self._report)
        language, times = self.language, 1
        if rule.each is not None:
            if rows is None:
                self._report.add(f"{path}.each", "unknown_field")
                return None
            columns = {f"row.{column.name}": _type(column.type) for column in rows.fields}
            language, times = Language({**self.variables, **columns}), rows.max
        at = {column.name for column in rows.fields} if rows else {*self._known.fields, *self._known.rows}
        if rule.field is not None and rule.field not in at:
            self._report.add(f"{path}.field", "unknown_field")
        program = self.compile(rule.that, "boolean", f"{path}.that", language=language, times=times)
        if program is None:
            return None
        self._try(program, rule, f"{path}.that")
        return CheckedRule(rule, program)

    def _try(self, program: Program, rule: Rule, path: str) -> None:
        """A rule has an answer whatever is empty that may be: else a clerk would be told of a rule nobody can judge."""
        domains = self.domains.within(rule.each) if rule.each else self.domains
        empty = [name for name in program.reads if domains.may_be_empty(name, rule.in_statuses)]
        if not any(_evaluates(program, over) for over in tries(program, domains, empty=())):
            self._report.add(path, "expression_never")
        elif not all(
            _evaluates(program, over)
            for over in tries(program, domains, empty=empty)
            if any(over[name] is None for name in empty)
        ):
            self._report.add(path, "expression_meets_empty")


def _type(type_: FieldType) -> Any:
    return TYPES.get(type_, MAYBE_TEXT)


def _evaluates(program: Program, over: Mapping[str, Any]) -> bool:
    try:
        program.evaluate(over)
    except NotEvaluated:
        return False
    return True


def _read_computed(program: Program, computed: Iterable[str]) -> Sequence[str]:
    return [name for name in computed if f"record.{name}" in program.reads]
