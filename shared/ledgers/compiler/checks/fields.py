"""Fields, small tables and keys of a definition."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.compiler.indexes import index_of
from shared.ledgers.compiler.known import Known, refer
from shared.ledgers.compiler.report import Report
from shared.ledgers.compiler.texts import Refused, bounds_of
from shared.ledgers.compiler.values import MAX_SAFE, scale_of, taker
from shared.ledgers.expressions.functions import millionths
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import ALWAYS_PERSONAL, ATTACHED, FieldType, Owner, Privacy, Subject

OF_REGISTRY = frozenset(Subject) - {Subject.NOTHING, Subject.AREA, Subject.RECORD}
"""What registry keeps, or is to keep, by id."""

KNOWN_TO: Mapping[Owner, frozenset[Subject]] = {
    Owner.REGISTRY: frozenset({Subject.PERSON, Subject.HOUSEHOLD, Subject.DWELLING}),
    Owner.SERVICES_HALL: frozenset({Subject.PERSON}),
    Owner.GRID: frozenset({Subject.PERSON, Subject.HOUSEHOLD}),
    Owner.INDICATORS: frozenset({Subject.PERSON, Subject.HOUSEHOLD}),
}
"""What of registry each service hears of: only that can be named in a ledger of its own."""

LAST_DAY = date(2999, 12, 31)
"""Defaults and examples are checked as on this day: none of them is too late."""

PRIVATE = (Privacy.PERSONAL, Privacy.RESTRICTED)
CHOICES = (FieldType.CHOICE, FieldType.CHOICES)
SCALED = (FieldType.DECIMAL, FieldType.PERCENT)
WHOLE = (FieldType.INTEGER, FieldType.MONEY)
BOUND_IN_LENGTH = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.ADDRESS)
KEYS = frozenset(FieldType) - ATTACHED - {FieldType.LONG_TEXT, FieldType.POINT, FieldType.CHOICES, FieldType.BOOLEAN}
"""Types of which a unique key may be made."""


def check_fields(definition: Definition, known: Known, report: Report) -> None:
    """Every field and column, the subject, the unique keys, the department."""
    for place, field in enumerate(definition.fields):
        path = f"fields.{place}"
        _field(field, path, definition.fields, report)
        _names(definition, field, path, report)
        refer(field.required_in, known.statuses, f"{path}.required_in", "unknown_status", report)
        if field.search and index_of(field) is None:
            report.add(f"{path}.search", "search_type")
    for place, rows in enumerate(definition.rows):
        if rows.min > rows.max:
            report.add(f"rows.{place}.min", "rows_order")
        for number, column in enumerate(rows.fields):
            path = f"rows.{place}.fields.{number}"
            _field(column, path, rows.fields, report)
            _names(definition, column, path, report)
            if column.search:
                report.add(f"{path}.search", "search_in_rows")
            if column.required_in:
                report.add(f"{path}.required_in", "required_in_rows")
            if column.follows_subject:
                report.add(f"{path}.follows_subject", "follows_in_rows")
    _subject(definition, report)
    _keys(definition, known, report)


def _unkept(definition: Definition, what: str) -> bool:
    """Whether a record or a field would name something of registry that the ledger's service hears nothing of."""
    return what in OF_REGISTRY and what not in KNOWN_TO[definition.owner]


def _names(definition: Definition, field: FieldDefinition, path: str, report: Report) -> None:
    if _unkept(definition, field.type.value):
        report.add(f"{path}.type", "subject_not_kept")


def speaks_of_birth(field: FieldDefinition) -> bool:
    """Whether a date is, by its name or title, somebody's full date of birth."""
    return field.type is FieldType.DATE and (
        "birth" in field.name or "born" in field.name or any(word in field.title for word in ("出生", "生日"))
    )


def _field(field: FieldDefinition, path: str, group: Sequence[FieldDefinition], report: Report) -> None:
    if (field.type in ALWAYS_PERSONAL or speaks_of_birth(field)) and field.privacy not in PRIVATE:
        report.add(f"{path}.privacy", "must_be_personal")
    _own_parts(field, path, report)
    _bounds(field, path, report)
    _cascade(field, path, {one.name: one for one in reversed(group)}, report)
    if not report.empty:
        return  # a default is tried on a field that is whole
    for part, value, code in (("default", field.default, "default_type"), ("example", field.example, "example_type")):
        if value is None:
            continue
        if part == "default" and field.privacy in PRIVATE:
            report.add(f"{path}.{part}", "default_private")
        sent = [value] if field.type is FieldType.CHOICES else value
        try:
            taker(field)(sent, LAST_DAY)
        except Refused:
            report.add(f"{path}.{part}", code)


def _own_parts(field: FieldDefinition, path: str, report: Report) -> None:
    """Parts that belong to some types only."""
    if field.type in CHOICES and not field.choices:
        report.add(f"{path}.choices", "choices_missing")
    if field.type not in CHOICES and field.choices:
        report.add(f"{path}.choices", "choices_misplaced")
    codes: set[str] = set()
    for place, choice in enumerate(field.choices):
        if choice.code in codes:
            report.add(f"{path}.choices.{place}.code", "name_taken")
        codes.add(choice.code)
    if field.type is FieldType.CODE and field.code_list not in CODE_LISTS:
        report.add(f"{path}.code_list", "code_list_unknown")
    if field.type is not FieldType.CODE and field.code_list is not None:
        report.add(f"{path}.code_list", "code_list_misplaced")
    if field.type is FieldType.RECORD and field.ledger is None:
        report.add(f"{path}.ledger", "ledger_missing")
    if field.type is not FieldType.RECORD and field.ledger is not None:
        report.add(f"{path}.ledger", "ledger_misplaced")
    if field.type not in SCALED and field.scale is not None:
        report.add(f"{path}.scale", "scale_misplaced")


def _bounds(field: FieldDefinition, path: str, report: Report) -> None:
    bounds, path = bounds_of(field), f"{path}.bounds"
    if bounds.max_length is not None and field.type not in BOUND_IN_LENGTH:
        report.add(f"{path}.max_length", "bounds_type")
    if bounds.not_after_today and field.type is not FieldType.DATE:
        report.add(f"{path}.not_after_today", "bounds_type")
    ends: list[Any] = []
    for part, bound in (("min", bounds.min), ("max", bounds.max)):
        if bound is None:
            continue
        if field.type in WHOLE and type(bound) is int:
            if abs(bound) > MAX_SAFE:
                report.add(f"{path}.{part}", "bounds_range")
            ends.append(bound)
        elif field.type in SCALED and isinstance(bound, int | str) and abs(number := millionths_of(bound)) < 10**18:
            if number % 10 ** (6 - scale_of(field)):
                report.add(f"{path}.{part}", "bounds_places")
            ends.append(number)
        elif field.type is FieldType.DATE and isinstance(bound, date):
            ends.append(bound)
        else:
            report.add(f"{path}.{part}", "bounds_type")
    if len(ends) == 2 and ends[0] > ends[1]:
        report.add(f"{path}.min", "bounds_order")


def millionths_of(bound: int | str) -> int:
    """A bound of a decimal, which may be written as a whole number. One that is none is too large for any bound."""
    try:
        return millionths(str(bound))
    except ValueError:
        return 10**18


def _cascade(field: FieldDefinition, path: str, group: Mapping[str, FieldDefinition], report: Report) -> None:
    over = group.get(field.depends_on) if field.depends_on else None
    if field.depends_on and (over is None or over.type is not FieldType.CHOICE or field.type not in CHOICES):
        report.add(f"{path}.depends_on", "depends_on_type")
        return
    seen, above = {field.name}, over
    while above is not None:
        if above.name in seen:
            report.add(f"{path}.depends_on", "depends_on_cycle")
            return
        seen.add(above.name)
        above = group.get(above.depends_on) if above.depends_on else None
    offered = {choice.code for choice in over.choices} if over else set()
    for place, choice in enumerate(field.choices):
        if choice.parent is not None and choice.parent not in offered:
            report.add(f"{path}.choices.{place}.parent", "parent_unknown" if over else "parent_misplaced")


def _subject(definition: Definition, report: Report) -> None:
    if _unkept(definition, definition.subject.value):
        report.add("subject", "subject_not_kept")
    if definition.subject is Subject.RECORD and definition.subject_ledger is None:
        report.add("subject_ledger", "subject_ledger_missing")
    if definition.subject is not Subject.RECORD and definition.subject_ledger is not None:
        report.add("subject_ledger", "subject_ledger_misplaced")


def _keys(definition: Definition, known: Known, report: Report) -> None:
    for place, names in enumerate(definition.unique):
        refer(names, known.fields, f"unique.{place}", "unknown_field", report)
        for number, name in enumerate(names):
            if name in known.fields and known.fields[name].type not in KEYS:
                report.add(f"unique.{place}.{number}", "unique_type")
    if definition.department is not None:
        field = known.fields.get(definition.department)
        if field is None or field.type is not FieldType.DEPARTMENT or field.privacy in PRIVATE:
            report.add("department", "department_type")
