"""Rules and computed fields of a ledger, compiled: which rules are broken, what is computed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
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

    def judged(
        self, values: Mapping[str, Any], status: str, today: date
    ) -> tuple[Sequence[FieldError], dict[str, Any]]:
        """Errors of the rules that do not hold, in their order, and what is computed."""
        asked = [one for one in self.rules if not one.definition.in_statuses or status in one.definition.in_statuses]
        if not asked and not self.computed_fields:
            return (), {}
        over = self._running(values, status, today)
        computed = self._compute(over)
        return [error for one in asked for error in self._asked(one, values, over)], computed

    def _asked(self, one: CheckedRule, values: Mapping[str, Any], over: Mapping[str, Any]) -> Iterator[FieldError]:
        if one.definition.each is None:
            yield from _asked(one, over, "values")
            return
        columns = {column.name: column.type for column in self.rows[one.definition.each].fields}
        for place, row in enumerate(values.get(one.definition.each) or ()):
            inner = {f"row.{name}": running(type_, row.get(name)) for name, type_ in columns.items()}
            yield from _asked(one, {**over, **inner}, f"values.{one.definition.each}.{place}")

    def _running(self, values: Mapping[str, Any], status: str, today: date) -> dict[str, Any]:
        over: dict[str, Any] = {"status": status, "today": today.toordinal()}
        for path, name, type_ in self._read_fields:
            over[path] = running(type_, values.get(name))
        for path, name, column, type_ in self._read_columns:
            over[path] = [running(type_, row.get(column)) for row in values.get(name) or ()]
        return over

    @cached_property
    def _read_fields(self) -> Sequence[tuple[str, str, FieldType]]:
        every = [(f"record.{name}", name, field.type) for name, field in self.fields.items()]
        return [one for one in every if one[0] in self.reads]

    @cached_property
    def _read_columns(self) -> Sequence[tuple[str, str, str, FieldType]]:
        every = [
            (f"record.{name}.{column.name}", name, column.name, column.type)
            for name, rows in self.rows.items()
            for column in rows.fields
        ]
        return [one for one in every if one[0] in self.reads]

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
