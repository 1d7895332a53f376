"""The language of expressions: CEL with our types in place of its own numbers and times.

The checker knows whole numbers, texts, booleans, lists of them, and four types of ours: `decimal`, `day`, `time` and
`stored` (a point or a file, of which only its presence may be asked). There are no floats, no instants, no `dyn`: what
would be inexact or depend on a zone is no expression. Money is a whole number of fen.

When an expression runs, a decimal is a whole number of millionths, a day its number since 0001-01-01, a time its text.
"""

from collections.abc import Sequence
from typing import Any

from cel_expr_python import cel

from shared.ledgers.expressions.functions import FUNCTIONS
from shared.ledgers.grammar.words import FieldType

INT, TEXT, BOOL, LIST = cel.Type.INT, cel.Type.STRING, cel.Type.BOOL, cel.Type.List
DECIMAL, DAY, TIME, STORED = (cel.Type.AbstractType(name) for name in ("decimal", "day", "time", "stored"))
MAYBE_INT, MAYBE_TEXT, MAYBE_BOOL = (cel.Type(f"google.protobuf.{name}Value") for name in ("Int64", "String", "Bool"))
"""Types of what may be empty: `null` beside the plain ones."""

TYPES: dict[FieldType, Any] = {
    **dict.fromkeys((FieldType.INTEGER, FieldType.MONEY), MAYBE_INT),
    **dict.fromkeys((FieldType.DECIMAL, FieldType.PERCENT), DECIMAL),
    FieldType.BOOLEAN: MAYBE_BOOL,
    FieldType.DATE: DAY,
    FieldType.TIME: TIME,
    FieldType.CHOICES: LIST(TEXT),
    **dict.fromkeys((FieldType.POINT, FieldType.PHOTO, FieldType.FILE, FieldType.SIGNATURE), STORED),
}
"""Type of a field in an expression; every other one is a text."""

_KEPT = (
    *("!_", "_&&_", "_||_", "_==_", "_!=_", "@in", "@not_strictly_false"),
    *("size", "contains", "startsWith", "endsWith", "matches"),
)
"""What is kept of the standard library."""

MACROS = ("all", "exists", "exists_one")
_LIBRARY = "name: ledgers\nstdlib:\n  include_functions:\n{}\n  include_macros: [{}]\n".format(
    "\n".join(f"    - name: '{name}'" for name in _KEPT), ", ".join(MACROS)
)
_RUN_LIBRARY = "name: ledgers\nstdlib:\n  exclude_functions:\n    - name: '_?_:_'\n"
_NAMES = {
    "int": INT,
    "text": TEXT,
    "bool": BOOL,
    "decimal": DECIMAL,
    "day": DAY,
    "time": TIME,
    "ints": LIST(MAYBE_INT),
    "decimals": LIST(DECIMAL),
    "texts": LIST(MAYBE_TEXT),
    "days": LIST(DAY),
}
_ORDERED = ("int", "decimal", "day", "time")
_CHOSEN = (MAYBE_INT, MAYBE_TEXT, MAYBE_BOOL, DECIMAL, DAY, TIME)
_OPERATORS: dict[str, Sequence[Sequence[str]]] = {
    **{f"_{sign}_": [("bool", one, one) for one in _ORDERED] for sign in ("<", "<=", ">", ">=")},
    "_+_": [("int", "int", "int"), ("decimal", "decimal", "decimal"), ("text", "text", "text")],
    "_-_": [("int", "int", "int"), ("decimal", "decimal", "decimal")],
    "_*_": [("int", "int", "int")],
    "_/_": [("int", "int", "int")],
    "_%_": [("int", "int", "int")],
    "-_": [("int", "int"), ("decimal", "decimal")],
}
_KINDS = {"int": INT, "text": TEXT, "bool": BOOL, "list": LIST(cel.Type.DYN)}
_RUNNING = {
    "int": "int",
    "decimal": "int",
    "day": "int",
    "text": "text",
    "time": "text",
    "bool": "bool",
    **dict.fromkeys(("ints", "decimals", "texts", "days"), "list"),
}
"""What a type is while it runs."""


def checker(variables: dict[str, Any]) -> Any:
    """The environment in which expressions over these variables are type-checked. They cannot run in it."""
    signatures = {**_OPERATORS, **{name: function.overloads for name, function in FUNCTIONS.items()}}
    declared = [
        _declaration(name, [[_NAMES[one] for one in types] for types in overloads])
        for name, overloads in signatures.items()
    ]
    declared.append(_declaration("_?_:_", [[one, BOOL, one, one] for one in _CHOSEN]))
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(_LIBRARY), variables=variables, functions=declared)


def runner(names: Sequence[str]) -> Any:
    """The environment in which checked expressions run: every variable is of whatever type it has."""
    declared = [_declaration("_?_:_", [[cel.Type.DYN, BOOL, cel.Type.DYN, cel.Type.DYN]])]
    for name, function in FUNCTIONS.items():
        signatures = dict.fromkeys(tuple(_RUNNING[one] for one in types) for types in function.overloads)
        overloads = [
            cel.Overload(
                f"{name}#{place}",
                return_type=_KINDS[returned],
                parameters=[_KINDS[one] for one in parameters],
                impl=function.run,
            )
            for place, (returned, *parameters) in enumerate(signatures)
        ]
        declared.append(cel.FunctionDecl(name, overloads))
    library = cel.NewEnvConfigFromYaml(_RUN_LIBRARY)
    return cel.NewEnv(config=library, variables=dict.fromkeys(names, cel.Type.DYN), functions=declared)


def _declaration(name: str, overloads: Sequence[Sequence[Any]]) -> Any:
    return cel.FunctionDecl(
        name,
        [
            cel.Overload(f"{name}#{place}", return_type=returned, parameters=list(parameters))
            for place, (returned, *parameters) in enumerate(overloads)
        ],
    )
