"""What differs between two versions of a definition, and whether the newer only adds to the older."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.ledgers.grammar.definition import Definition
from shared.reference.named_code import NamedCode

JSON = dict[str, Any]


class ChangeKind(NamedCode):
    """What happened to a part of a definition."""

    ADDED = "added", "新增"
    REMOVED = "removed", "删除"
    CHANGED = "changed", "修改"


@dataclass(frozen=True)
class Change:
    """A part that differs. `path` names it (`fields.kind.choices.land`); the values are JSON, None where there is none.

    `additive`: records of the older version stay as they are.
    """

    path: str
    kind: ChangeKind
    old: Any
    new: Any
    additive: bool


_KEYS: Mapping[str, str] = {
    "fields": "name",
    "rows": "name",
    "computed": "name",
    "choices": "code",
    "statuses": "code",
    "steps": "verb",
    "rules": "id",
    "limits": "id",
    "measures": "code",
    "ratios": "code",
    "kinds": "code",
    "postings": "code",
    "columns": "field",
    "entered": "status",
}
"""Lists whose members have names: they are compared by name."""

_FREE = frozenset(
    {"title", "source", "help", "message", "example", "default", "layout", "measures", "ratios", "meaning"}
)
"""Parts that no record depends on."""

_LEAVING = frozenset({"rules", "unique"})
"""Parts of which a record is freed when they go."""


def changes(old: Definition, new: Definition) -> list[Change]:
    """Every part that differs, in the order of the grammar."""
    one, other = (definition.model_dump(mode="json", by_alias=True) for definition in (old, new))
    known = {field.name for field in old.fields} | {field.name for field in old.computed}
    found = []
    for change in _compared(one, other, ()):
        if change.path == "published":  # what records hold already would have to be announced
            fresh = set(other["published"]) - set(one["published"])
            change = replace(change, additive=set(one["published"]) <= set(other["published"]) and not fresh & known)
        found.append(change)
    return found


def is_additive(found: Sequence[Change]) -> bool:
    """Whether records of the older version are records of the newer one as they are."""
    return all(change.additive for change in found)


def _compared(old: JSON, new: JSON, path: tuple[str, ...]) -> Iterator[Change]:
    for name in new:
        one, other = old.get(name), new[name]
        if one == other:
            continue
        here = (*path, name)
        if name in _KEYS and isinstance(other, list) and isinstance(one, list):
            yield from _members(one, other, here, _KEYS[name])
        elif isinstance(one, dict) and isinstance(other, dict) and name not in ("bounds",):
            yield from _compared(one, other, here)
        else:
            yield _change(here, one, other, _ordinary(here, one, other))


def _members(old: list[JSON], new: list[JSON], path: tuple[str, ...], key: str) -> Iterator[Change]:
    before, after = ({member[key]: member for member in members} for members in (old, new))
    for name, member in after.items():
        if name not in before:
            yield _change((*path, name), None, member, _may_be_added(path, member))
        elif before[name] != member:
            yield from _compared(before[name], member, (*path, name))
    for name, member in before.items():
        if name not in after:
            free = path[0] in _FREE | _LEAVING or path == ("accounts", "measures")
            yield _change((*path, name), member, None, free)


def _change(path: tuple[str, ...], old: Any, new: Any, additive: bool) -> Change:
    kind = ChangeKind.ADDED if old is None else ChangeKind.REMOVED if new is None else ChangeKind.CHANGED
    return Change(".".join(path), kind, old, new, additive)


def _may_be_added(path: tuple[str, ...], member: JSON) -> bool:
    """Whether a record that knows nothing of a new part is still whole."""
    match path[-1]:
        case "fields":
            return not (member["required"] or member["required_in"] or member["follows_subject"])
        case "rows":
            return int(member["min"]) == 0
        case "choices" | "statuses" | "steps" | "measures" | "ratios" | "columns" | "postings" | "kinds":
            return True
        case _:
            return path[0] in _FREE


def _ordinary(path: tuple[str, ...], old: Any, new: Any) -> bool:
    """Whether a part with a single value may change so without touching a record."""
    name = path[-1]
    if path[0] in _FREE or name in _FREE:
        return True
    if path[0] == "steps":  # who may go on, and how, is asked when somebody goes on
        return True
    if path[:2] == ("accounts", "measures") or (path[0] == "accounts" and name.endswith("permission")):
        return True
    if path[0] == "access":
        return name not in ("travels_openly",)
    match name:
        case "levels":
            return set(old) <= set(new)
        case "required":
            return bool(old) and not new
        case "required_in":
            return set(new) <= set(old)
        case "retired" | "search":  # the index of a field that is searched from now on is filled
            return True
        case "bounds":
            return _wider(old, new)
        case "max":
            return int(new) >= int(old)
        case "min":
            return int(new) <= int(old)
        case "unique":
            return all(names in list(old) for names in new)
        case "in_statuses":
            return bool(new) and (not old or set(new) <= set(old))
        case _:
            return False


def _wider(old: JSON | None, new: JSON | None) -> bool:
    """Whether every value within the old bounds lies within the new ones."""
    if new is None:
        return True
    if old is None or (new["not_after_today"] and not old["not_after_today"]):
        return False
    length = new["max_length"]
    if length is not None and (old["max_length"] is None or length < old["max_length"]):
        return False
    return _no_later(new["min"], old["min"]) and _no_later(old["max"], new["max"], unbounded_last=True)


def _no_later(one: Any, other: Any, *, unbounded_last: bool = False) -> bool:
    """Whether a bound is at most another. Those that differ in kind, and texts, are so only if they are equal."""
    if one == other:
        return True
    if (other if unbounded_last else one) is None:
        return True
    return type(one) is int and type(other) is int and one <= other
