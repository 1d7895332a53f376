"""Rules and computed fields of a ledger, compiled: which rules are broken, what is computed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.errors import FieldError
from shared.ledgers.compiler.running import of_running, running
from shared.ledgers.expressions.program import NotEvaluated, Program
from shared.ledgers.grammar.fields import Computed, FieldDefinition, RowsDefinition, Rule
from shared.ledgers.grammar.words import FieldType

NO_ANSWER = "有未填写的内容，或数值过大，无法判断是否符合规则："


@dataclass(frozen=True)
class CheckedRule:
    """A rule with its program."""

    definition: Rule
    program: Program


@dataclass(frozen=True)
class ComputedField:
    """A computed field with its program."""

    definition: Computed
    program: Program
    scale: int


@dataclass(frozen=True)
class Expressed:
    """The expressions of a ledger over values in their JSON forms. Computed fields stand in the order of need."""

    fields: Mapping[str, FieldDefinition]
    rows: Mapping[str, RowsDefinition]
    rules: Sequence[CheckedRule]
    computed_fields: Sequence[ComputedField]
    reads: frozenset[str]

    def computed(self, values: Mapping[str, Any], status: str, today: date) -> dict[str, Any]:
        """Computed fields in their JSON forms."""
        if not self.computed_fields:
            return {}
        return self._compute(self._running(values, status, today))

    def broken(self, values: Mapping[str, Any], status: str, today: date) -> Iterator[FieldError]:
        """Errors of the rules that do not hold, in their order."""
        asked = [one for one in self.rules if not one.definition.in_statuses or status in one.definition.in_statuses]
        if not asked:
            return
        over = self._running(values, status, today)
        if self.computed_fields:
            self._compute(over)
        for one in asked:
            if one.definition.each is None:
                yield from _asked(one, over, "values")
                continue
            columns = {column.name: column.type for column in self.rows[one.definition.each].fields}
            for place, row in enumerate(values.get(one.definition.each) or ()):
                inner = {f"row.{name}": running(type_, row.get(name)) for name, type_ in columns.items()}
                yield from _asked(one, {**over, **inner}, f"values.{one.definition.each}.{place}")

    def _running(self, values: Mapping[str, Any], status: str, today: date) -> dict[str, Any]:
        over: dict[str, Any] = {"status": status, "today": today.toordinal()}
        for name, field in self.fields.items():
            if (path := f"record.{name}") in self.reads:
                over[path] = running(field.type, values.get(name))
        for name, rows in self.rows.items():
            held = values.get(name) or ()
            for column in rows.fields:
                path = f"record.{name}.{column.name}"
                if path in self.reads:
                    over[path] = [running(column.type, row.get(column.name)) for row in held]
        return over

    def _compute(self, over: dict[str, Any]) -> dict[str, Any]:
        """JSON forms by name; `over` gains the values as expressions run over them."""
        found: dict[str, Any] = {}
        for one in self.computed_fields:
            name, type_ = one.definition.name, one.definition.type
            try:
                value = one.program.evaluate(over)
                found[name] = of_running(type_, value, one.scale)
            except (NotEvaluated, ValueError, OverflowError):
                value = found[name] = None
            if value is not None and type_ in (FieldType.DECIMAL, FieldType.PERCENT):
                value = running(type_, found[name])  # what was rounded is read as it is shown
            over[f"record.{name}"] = value
        return found


def _asked(one: CheckedRule, over: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    where = path if one.definition.field is None else f"{path}.{one.definition.field}"
    try:
        if not one.program.holds(over):
            yield FieldError(where, "rule", one.definition.message)
    except NotEvaluated:
        yield FieldError(where, "rule_not_evaluated", NO_ANSWER + one.definition.message)
