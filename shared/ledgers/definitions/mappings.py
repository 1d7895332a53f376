"""What becomes of a record when its ledger's next version is not merely more of the same."""

from collections.abc import Mapping as Lookup
from typing import Any

from shared.errors import FieldError
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.definitions.domain import WrongMapping
from shared.ledgers.grammar.mapping import Mapping

Values = dict[str, Any]


def check_mapping(mapping: Mapping, old: Ledger | None, new: Ledger) -> None:
    """Raises `WrongMapping` with every place that names what is not there or joins what differs in type."""
    errors: list[FieldError] = []
    if old is None:
        raise WrongMapping(new.code, errors=[FieldError("mapping", "mapping_of_nothing", "首个版本没有可对应的记录")])
    taken: set[str] = set()
    for place, field in enumerate(mapping.fields):
        one, other = _type(old, field.old), _type(new, field.new)
        if one is None:
            errors.append(FieldError(f"mapping.fields.{place}.old", "unknown_field", "原版本没有这个字段"))
        if other is None:
            errors.append(FieldError(f"mapping.fields.{place}.new", "unknown_field", "新版本没有这个字段"))
        if one is not None and other is not None and one != other:
            errors.append(FieldError(f"mapping.fields.{place}", "mapping_type", "新旧字段类型不同"))
        if field.new in taken:
            errors.append(FieldError(f"mapping.fields.{place}.new", "repeated", "不得重复"))
        taken.add(field.new)
    for place, choice in enumerate(mapping.choices):
        offered = {one.code for one in new.fields[choice.field].choices} if choice.field in new.fields else set()
        if choice.new not in offered:
            errors.append(FieldError(f"mapping.choices.{place}.new", "unknown_code", "新版本没有这个选项"))
    for place, status in enumerate(mapping.statuses):
        if status.old not in old.statuses:
            errors.append(FieldError(f"mapping.statuses.{place}.old", "unknown_status", "原版本没有这个状态"))
        if status.new not in new.statuses:
            errors.append(FieldError(f"mapping.statuses.{place}.new", "unknown_status", "新版本没有这个状态"))
    if errors:
        raise WrongMapping(new.code, errors=errors)


def moved(mapping: Mapping, new: Ledger, values: Lookup[str, Any]) -> Values:
    """Values of a record of the version before as the new version has them. What it does not know is left out."""
    names = {one.old: one.new for one in mapping.fields}
    codes = {(one.field, one.old): one.new for one in mapping.choices}
    found: Values = {}
    for name, value in values.items():
        now = names.get(name, name)
        if now in new.rows and isinstance(value, list):
            columns = {column.name for column in new.rows[now].fields}
            renamed = {
                one.old.partition(".")[2]: one.new.partition(".")[2]
                for one in mapping.fields
                if one.old.startswith(f"{name}.")
            }
            found[now] = [
                {renamed.get(key, key): cell for key, cell in row.items() if renamed.get(key, key) in columns}
                for row in value
            ]
        elif now in new.fields:
            if isinstance(value, list):
                found[now] = [codes.get((now, code), code) for code in value]
            else:
                found[now] = codes.get((now, value), value) if isinstance(value, str) else value
    return found


def moved_status(mapping: Mapping, status: str) -> str:
    """The status of a record under the new version."""
    return next((one.new for one in mapping.statuses if one.old == status), status)


def _type(ledger: Ledger, name: str) -> str | None:
    table, _, column = name.partition(".")
    if column:
        columns = ledger.rows[table].fields if table in ledger.rows else []
        return next((f"column {one.type}" for one in columns if one.name == column), None)
    if name in ledger.rows:
        return "table"
    return ledger.fields[name].type.value if name in ledger.fields else None
