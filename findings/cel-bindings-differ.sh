#!/usr/bin/env bash
# Two bindings of the Common Expression Language answer one expression differently. common-expression-language 0.10.0 (Rust) counts
# UTF-8 bytes in size() of a text (9 for 岑溪市) and takes the day of a timestamp in its written offset; cel-python 0.5.0 and
# cel-expr-python 0.1.3 (C++) count code points (3) and take the day in UTC, as the language's definition says. Half past midnight
# on New Year's Day in Shanghai is 2026 for the one and 2025 for the others; 1 == 1.0 is true for the one and an error for the others.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q common-expression-language==0.10.0 cel-python==0.5.0 cel-expr-python==0.1.3
cd "$work"
"$work/venv/bin/python" - <<'END'
import sys

import cel
import celpy
from cel_expr_python import cel as native


def rust(text):
    return cel.evaluate(text, {})


def pure(text):
    environment = celpy.Environment()
    return environment.program(environment.compile(text)).evaluate({})


def cpp(text):
    return native.NewEnv().compile(text).eval().plain_value()


def answer(binding, text):
    try:
        found = binding(text)
    except Exception:
        return "error"
    return bool(found) if isinstance(found, bool) or type(found).__name__ == "BoolType" else int(found)


new_year = 'timestamp("2026-01-01T00:30:00+08:00")'
seen = {
    "size('岑溪市')": (9, 3, 3),
    f"{new_year}.getDate()": (1, 31, 31),
    f"{new_year}.getFullYear()": (2026, 2025, 2025),
    "1 == 1.0": (True, "error", "error"),
}
as_seen = True
for text, expected in seen.items():
    found = tuple(answer(binding, text) for binding in (rust, pure, cpp))
    print(f"{text}: Rust {found[0]}, Python {found[1]}, C++ {found[2]}")
    as_seen = as_seen and found == expected
sys.exit(0 if as_seen else 1)
END
