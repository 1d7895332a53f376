"""Taking the values of a record: unknown fields, defaults, required ones, small tables. Errors by their path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.errors import FieldError
from shared.http.validation import MAX_ERRORS
from shared.ledgers.compiler.texts import Refused, Taker
from shared.ledgers.compiler.values import taker
from shared.ledgers.grammar.fields import FieldDefinition, RowsDefinition
from shared.ledgers.grammar.words import FieldType

Values = dict[str, Any]
"""Values of a record in their JSON forms, by field; null for an empty one, an empty list for a table without rows."""

REQUIRED = "必填"
LISTS = frozenset({FieldType.CHOICE, FieldType.CHOICES})


class Errors:
    """The first errors of a body, in the order of the definition."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    def add(self, path: str, code: str, message: str) -> None:
        if len(self.found) < MAX_ERRORS:
            self.found.append(FieldError(path, code, message))


@dataclass(frozen=True)
class Column:
    """A field with what takes its values, and of a choice that depends on another, whose choices allow which."""

    definition: FieldDefinition
    take: Taker
    parents: Mapping[str, str | None]


class Taking:
    """Takes the values of one group of fields: those of a record, or the columns of a small table."""

    def __init__(self, fields: Sequence[FieldDefinition]) -> None:
        self.columns = {field.name: _column(field) for field in fields}
        self._plan = [
            (name, one.take, one.definition.default, one.definition.required, one.definition.type in LISTS)
            for name, one in self.columns.items()
        ]
        self._depending = [
            (name, one.definition.depends_on, one.parents)
            for name, one in self.columns.items()
            if one.definition.depends_on is not None
        ]

    def take(
        self, sent: Mapping[str, Any], path: str, errors: Errors, *, today: date, partial: bool, held: Mapping[str, Any]
    ) -> Values:
        """Values of what was sent; with `partial` of nothing else. `held`: what stands there already."""
        taken: Values = {}
        for name, take, default, required, chosen in self._plan:
            if partial and name not in sent:
                continue
            value = sent.get(name, default)
            if value is None:
                taken[name] = None
                if required:
                    errors.add(f"{path}.{name}", "missing", REQUIRED)
            elif chosen and held and value == held.get(name):
                taken[name] = value  # a choice that was retired stays where it is
            else:
                try:
                    taken[name] = take(value, today)
                except Refused as refused:
                    errors.add(f"{path}.{name}", refused.code, refused.message)
        if self._depending:
            self._cascades(taken, path, errors, held)
        return taken

    def _cascades(self, taken: Values, path: str, errors: Errors, held: Mapping[str, Any]) -> None:
        for name, above, parents in self._depending:
            if not (name in taken or above in taken):
                continue
            chosen, over = taken.get(name, held.get(name)), taken.get(above, held.get(above))
            for code in chosen if isinstance(chosen, list) else [chosen]:
                if code is not None and parents.get(code) not in (None, over):
                    errors.add(f"{path}.{name}", "choice_of_another", "与上级选项不符")
                    break


@dataclass(frozen=True)
class Table:
    """A small table with what takes its rows."""

    definition: RowsDefinition
    taking: Taking

    def take(self, sent: Any, path: str, errors: Errors, *, today: date, held: Any) -> list[Values]:
        """Rows, each whole."""
        if sent is None:
            return []
        if not isinstance(sent, list):
            errors.add(path, "list_type", "应为数组")
            return []
        if len(sent) > self.definition.max:
            errors.add(path, "too_long", f"最多 {self.definition.max} 项")
            return []
        rows: list[Values] = []
        for place, row in enumerate(sent):
            where = f"{path}.{place}"
            if type(row) is not dict and not isinstance(row, Mapping):
                errors.add(where, "model_type", "应为对象")
            else:
                unknown(row, self.taking.columns, where, errors)
                before = held[place] if isinstance(held, list) and place < len(held) else {}
                rows.append(self.taking.take(row, where, errors, today=today, partial=False, held=before))
        return rows


def table(definition: RowsDefinition) -> Table:
    """A small table, ready to take rows."""
    return Table(definition, Taking(definition.fields))


def unknown(sent: Mapping[str, Any], known: Mapping[str, Any], path: str, errors: Errors) -> None:
    """An error at the whole if a field is sent that there is not: its name is the caller's own word."""
    if not sent.keys() <= known.keys():
        errors.add(path, "extra_forbidden", "含有未定义的字段")


def _column(field: FieldDefinition) -> Column:
    return Column(field, taker(field), {choice.code: choice.parent for choice in field.choices})
