#!/usr/bin/env bash
# cel-expr-python 0.1.3: `Value.value()` of a null gives away a reference to None that it does not own. Each call takes one
# from None's count. Before Python 3.12, where None became immortal, a process dies of it after some thousands of nulls:
# "Fatal Python error: none_dealloc: deallocating None". Asking `type()` first and not calling `value()` avoids it.
# Needs Python 3.11. Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3.11 -m venv "$work/venv"
"$work/venv/bin/pip" install -q cel-expr-python==0.1.3
"$work/venv/bin/python" - <<'END'
import os
import sys

from cel_expr_python import cel

env = cel.NewEnv(variables={"a": cel.Type.DYN})
expression = env.compile("a")


def taken(look):
    """How many references None has fewer after a thousand results that are null, those of the first look apart."""
    look(expression.eval(data={"a": None}))
    before = sys.getrefcount(None)
    for _ in range(1000):
        look(expression.eval(data={"a": None}))
    return before - sys.getrefcount(None)


taken(lambda result: result.type())
by_type, by_value = taken(lambda result: result.type()), taken(lambda result: result.value())
print(f"references taken from None by 1000 nulls: type() {by_type}, value() {by_value}")
sys.stdout.flush()
os._exit(0 if abs(by_type) < 100 and by_value > 900 else 1)  # an ordinary exit might die of it
END
