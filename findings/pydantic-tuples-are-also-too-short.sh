#!/usr/bin/env bash
# pydantic 2.14.3 checks the least length of `tuple[int, ...]` after it has left out the items that are wrong: [1, "x"] with
# min_length=2 has two items and gets two errors, int_parsing at its second item and besides too_short, "at least 2 items after
# validation, not 1". Of list, set and frozenset the same input gets the first error alone. Whoever shows the errors to people
# tells them to add an item where none is missing, and only if the model says tuple.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q pydantic==2.14.3
"$work/venv/bin/python" - <<'END_OF_PYTHON'
import sys
from typing import Annotated, Any

import pydantic
from pydantic import Field, TypeAdapter, ValidationError


def told(kind: Any, given: list[object]) -> list[tuple[str, tuple[object, ...], int | None]]:
    """Type, place and told length of each error."""
    try:
        TypeAdapter(Annotated[kind, Field(min_length=2)]).validate_python(given)
    except ValidationError as error:
        return [(one["type"], one["loc"], one.get("ctx", {}).get("actual_length")) for one in error.errors()]
    return []


print("pydantic", pydantic.VERSION)
wrong: list[object] = [1, "x"]
seen = {str(kind): told(kind, wrong) for kind in (tuple[int, ...], list[int], set[int], frozenset[int])}
for name, errors in seen.items():
    print(f"{name} of {wrong}: {errors}")
alone = [("int_parsing", (1,), None)]
short = told(tuple[int, ...], [1])
print("tuple of [1]:", short)
same = (
    seen[str(tuple[int, ...])] == [*alone, ("too_short", (), 1)]
    and all(errors == alone for name, errors in seen.items() if not name.startswith("tuple"))
    and short == [("too_short", (), 1)]
    and told(tuple[int, ...], [1, 2]) == []
)
sys.exit(0 if same else 1)
END_OF_PYTHON
