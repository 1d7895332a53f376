"""Definitions that nobody would write: the shipped ones with parts exchanged, dropped, repeated."""

import copy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from shared.ledgers.grammar.words import FieldType

ROOT = Path(__file__).parents[3]
SHIPPED = [
    yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    for path in sorted(ROOT.glob("services/*/ledgers/*.yaml"))
    if not path.stem.endswith((".measures", ".accounts"))
]
"""The definitions that ship."""

EXPRESSIONS = (
    *("true", "null", "record", "record.kind", "status", "today", "1", "'x'", "record.kind == null"),
    *("!" * 900 + "true", "-" * 900 + "1", "(" * 400, "1+" * 400 + "1", "true?" * 90 + "1" + ":1" * 90, "'" * 7),
    *("record.kind.matches('(a*)*(b*)*$')", "record.kind.matches('(((a{99}){99}){99})')", "'\\u0000' == 'a'"),
    *("record.parties.name.all(x, x == null)", "record.parties.name.all(record, record == null)", "x.all(x, x)"),
    *("size(record.kind) / 0 > 1", "9223372036854775807 + 1 > 0", "decimal('999999999999') == decimal(1)"),
    *("plus_days(today, 9223372036854775807) > today", "day('9999-99-99') == today", "'网' in ['网', '格']"),
    *("status == 'closed' && today > today", "record.kind in []", "[].all(x, x)", "\ud7ff == '\U0010ffff'"),
)
WORDS = (
    *FieldType,
    "kind",
    "status",
    "open",
    "in",
    "entered:closed",
    "record.read",
    "person.full",
    "public",
    "personal",
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.sampled_from([*EXPRESSIONS, *map(str, WORDS)]),
    st.text(max_size=20),
    st.lists(st.sampled_from([*map(str, WORDS)]), max_size=4),
    st.just({}),
    st.just([]),
)


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    found = [path] if path else []
    for key, inner in inside:
        found += places(inner, (*path, key))
    return found


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A shipped definition with up to six parts changed."""
    found: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(SHIPPED)))
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 2, 6]))):
        here = places(found)
        if not here:
            break
        *above, last = draw(st.sampled_from(here))
        part: Any = found
        for key in above:
            part = part[key]
        match draw(st.sampled_from(["value", "value", "drop", "repeat", "expression", "exchange"])):
            case "drop":
                del part[last]
            case "repeat" if isinstance(part, list):
                part.append(copy.deepcopy(part[last]))
            case "expression" if last in ("that", "value", "where"):
                part[last] = draw(st.sampled_from(EXPRESSIONS))
            case "exchange":
                *other_above, other = draw(st.sampled_from(here))
                taken: Any = found
                try:
                    for key in (*other_above, other):
                        taken = taken[key]
                except (KeyError, IndexError, TypeError):
                    continue
                part[last] = copy.deepcopy(taken)
            case _:
                part[last] = draw(VALUES)
    return found
