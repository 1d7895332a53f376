"""Values that expressions are tried with when a definition is drafted: few for each field, null among them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, product
from typing import Any

from shared.ledgers.compiler.known import Known
from shared.ledgers.expressions.program import Program
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import FieldType

MAX_TRIES = 512
"""Combinations that an expression is tried with."""

DAY = date(2026, 6, 15).toordinal()

_SAMPLES: Mapping[FieldType, tuple[Any, ...]] = {
    FieldType.INTEGER: (1, 7),
    FieldType.MONEY: (100, 700),
    FieldType.DECIMAL: (1_500_000, 7_000_000),
    FieldType.PERCENT: (1_500_000, 7_000_000),
    FieldType.BOOLEAN: (True, False),
    FieldType.DATE: (DAY, DAY + 40),
    FieldType.TIME: ("08:30", "17:30"),
    FieldType.POINT: (True,),
    FieldType.PHOTO: (True,),
    FieldType.FILE: (True,),
    FieldType.SIGNATURE: (True,),
}
TEXT = ("某",)


@dataclass(frozen=True)
class Domains:
    """What the variables of a definition may hold."""

    known: Known
    row: Mapping[str, FieldDefinition] = field(default_factory=dict)

    def within(self, rows: str) -> "Domains":
        """The same with the columns of a small table as `row.<column>`."""
        return Domains(self.known, {column.name: column for column in self.known.rows[rows].fields})

    def codes(self, variable: str) -> frozenset[str] | None:
        """The codes that a variable may be compared with; None if it is no choice and no status."""
        if variable == "status":
            return frozenset(self.known.statuses)
        definition = self._field(variable)
        if definition is None or definition.type not in (FieldType.CHOICE, FieldType.CHOICES):
            return None
        return frozenset(choice.code for choice in definition.choices)

    def may_be_empty(self, variable: str, statuses: Sequence[str]) -> bool:
        """Whether it may be null in one of these statuses; without any, in one of all."""
        root, _, name = variable.partition(".")
        if root not in ("record", "row") or "." in name:
            return False
        definition = self._field(variable)
        if definition is None:
            return name in self.known.computed
        asked = set(statuses or self.known.statuses)
        return definition.type is not FieldType.CHOICES and not (
            definition.required or (root == "record" and asked <= set(definition.required_in))
        )

    def samples(self, variable: str, compared: Sequence[str], numbers: Sequence[int] = ()) -> tuple[Any, ...]:
        """Some values of a variable, as expressions run over them: numbers of the expression, and beside them."""
        root, _, name = variable.partition(".")
        if variable == "today":
            return (DAY + 60,)
        if variable == "status":
            return tuple(self.known.statuses)
        table, _, column = name.partition(".")
        if root == "record" and column:
            one = next(one for one in self.known.rows[table].fields if one.name == column)
            return [], list(_values(one.type, one, compared))
        definition = self._field(variable)
        if definition is None:
            return _values(self.known.computed[name].type, None, compared)
        values = _values(definition.type, definition, compared)
        if definition.type in (FieldType.INTEGER, FieldType.MONEY):
            return tuple(dict.fromkeys([*values, *(near for one in numbers[:5] for near in (one - 1, one, one + 1))]))
        return ([], list(values[:2])) if definition.type is FieldType.CHOICES else values

    def _field(self, variable: str) -> FieldDefinition | None:
        root, _, name = variable.partition(".")
        return self.row.get(name) if root == "row" else self.known.fields.get(name) if root == "record" else None


def tries(program: Program, domains: Domains, *, empty: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Combinations of values of what a program reads; those in `empty` are null in some."""
    names = sorted(program.reads)
    compared = {name: [text for variable, text in program.compared if variable == name] for name in names}
    values = [((None,) if name in empty else ()) + domains.samples(name, compared[name]) for name in names]
    for combination in islice(product(*values), MAX_TRIES):
        yield dict(zip(names, combination, strict=True))


def _values(type_: FieldType, definition: FieldDefinition | None, compared: Sequence[str]) -> tuple[Any, ...]:
    if type_ in _SAMPLES:
        return _SAMPLES[type_]
    if definition is not None and definition.choices:
        codes = [choice.code for choice in definition.choices]
        others = [code for code in codes if code not in compared]
        return tuple(dict.fromkeys([code for code in codes if code in compared] + others[:1]))
    return tuple(dict.fromkeys([*compared, *TEXT]))
