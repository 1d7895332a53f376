"""Rows that a transaction adds: kept until it ends, then inserted into all their tables by one statement."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import sort_tables

WAKES = "wakes"
"""In a table's `info`: the channel of NOTIFY that hears of its new rows once they are committed."""

_TYPES: Sequence[tuple[type[Any], str]] = (
    (Text, "text"),
    (Uuid, "uuid"),
    (DateTime, "timestamptz"),
    (Date, "date"),
    (LargeBinary, "bytea"),
    (SmallInteger, "smallint"),
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Boolean, "boolean"),
    (Double, "double precision"),
    (Numeric, "numeric"),
)

BULK = 1_000
"""Rows from which on they are copied, a table after the other: each value of an array is looked at twice more."""

Shape = tuple[Table, tuple[str, ...]]
"""A table, and those of its columns that rows give; the others get their defaults."""


class Rows:
    """New rows by table, in the order of adding. None is NULL, in a JSON column too."""

    __slots__ = ("_expected", "_kept")

    def __init__(self) -> None:
        self._kept: dict[Shape, list[Mapping[str, Any]]] = {}
        self._expected: dict[Table, set[tuple[Any, int]]] = {}

    def add(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep rows of a table. Raises `KeyError` at the insert for a column that the table does not have."""
        for row in rows:
            self._kept.setdefault((table, tuple(row)), []).append(row)

    def expect(self, table: Table, seen: Mapping[Any, int]) -> None:
        """Rows that the new ones refer to, versions by key: these are inserted only if those are as they were seen.

        Those are locked against changes until the commit. Else the statement fails like a serialisation that did.
        """
        self._expected.setdefault(table, set()).update(seen.items())

    def extend(self, other: "Rows") -> None:
        """Keep the rows of another as well, after these."""
        for table, seen in other._expected.items():
            self._expected.setdefault(table, set()).update(seen)
        for shape, rows in other._kept.items():
            self._kept.setdefault(shape, []).extend(rows)

    def take(self) -> "Rows":
        """Everything kept; nothing is left."""
        taken = Rows()
        taken._kept, self._kept = self._kept, {}
        taken._expected, self._expected = self._expected, {}
        return taken

    def clear(self) -> None:
        self._kept = {}
        self._expected = {}

    def __len__(self) -> int:
        return sum(map(len, self._kept.values()))

    def of(self, table: Table) -> list[Mapping[str, Any]]:
        """The rows kept for a table."""
        return [row for (one, _), rows in self._kept.items() if one is table for row in rows]

    @property
    def channels(self) -> frozenset[str]:
        """Whom to wake once these rows are committed."""
        return frozenset(table.info[WAKES] for table, _ in self._kept if WAKES in table.info)

    @property
    def are_many(self) -> bool:
        """Whether copying them costs less than one statement; not where they rest on others that are to be held."""
        return not any(self._expected.values()) and len(self) >= BULK

    def copies(self) -> Iterator[tuple[Table, tuple[str, ...], list[tuple[Any, ...]]]]:
        """Tables with columns and records for COPY; what rows refer to before the rows themselves."""
        for table, names in _in_order(tuple(self._kept)):
            rows = self._kept[table, names]
            values = map(itemgetter(*names), rows) if len(names) > 1 else ((row[names[0]],) for row in rows)
            encoders = [(at, _json) for at, name in enumerate(names) if isinstance(table.c[name].type, JSONB)]
            yield table, names, [_encoded(record, encoders) for record in values] if encoders else list(values)

    def statement(self) -> tuple[str, list[list[Any]]]:
        """One `INSERT` over all tables, and its parameters: an array a column."""
        expected = {table: sorted(seen) for table, seen in self._expected.items() if seen}
        sql, encoders = _insert(tuple(self._kept), tuple(expected))
        arrays: list[list[Any]] = []
        each = iter(encoders)
        for (_, names), rows in self._kept.items():
            for name in names:
                encode = next(each)
                values = [row[name] for row in rows]
                arrays.append(values if encode is None else list(map(encode, values)))
        for seen in expected.values():
            arrays += [list(column) for column in zip(*seen, strict=True)]
        return sql, arrays


_Encoder = Callable[[Any], Any]


@cache
def _insert(shapes: tuple[Shape, ...], expected: tuple[Table, ...]) -> tuple[str, tuple[_Encoder | None, ...]]:
    """`WITH t0 AS (INSERT …), … INSERT …`, and how the values of each parameter are encoded."""
    parts: list[str] = []
    encoders: list[_Encoder | None] = []
    for table, names in shapes:
        columns = [table.c[name] for name in names]
        first = len(encoders) + 1
        arrays = ", ".join(f"${first + place}::{_array(column)}" for place, column in enumerate(columns))
        quoted = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(f'new."{column.name}"{_cast(column)}' for column in columns)
        parts.append(
            f'INSERT INTO "{table.name}" ({quoted}) SELECT {values} FROM unnest({arrays}) AS new ({quoted})'  # noqa: S608  # names only
        )
        encoders.extend(_encoder(column) for column in columns)
    if expected:
        parts += [_held(table, len(encoders) + 1 + 2 * number) for number, table in enumerate(expected)]
        counts = " AND ".join(
            f"(SELECT count(*) FROM t{len(shapes) + number}) = cardinality(${len(encoders) + 1 + 2 * number})"  # noqa: S608
            for number in range(len(expected))
        )
        parts.append(f"SELECT rows_as_seen({counts})")
    *before, last = parts
    named = ", ".join(f"t{number} AS ({part})" for number, part in enumerate(before))
    return (f"WITH {named} {last}" if named else last), tuple(encoders)


@cache
def _in_order(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """The shapes with tables before those that refer to them."""
    places = {table: place for place, table in enumerate(sort_tables({table for table, _ in shapes}))}
    return tuple(sorted(shapes, key=lambda shape: places[shape[0]]))


def _encoded(record: tuple[Any, ...], encoders: Sequence[tuple[int, _Encoder]]) -> tuple[Any, ...]:
    values = list(record)
    for at, encode in encoders:
        values[at] = encode(values[at])
    return tuple(values)


def _held(table: Table, first: int) -> str:
    """The rows of a table that are as they were seen, locked in the order of their keys."""
    (key,) = table.primary_key
    return (
        f'SELECT FROM "{table.name}" AS held'  # noqa: S608  # names only
        f" WHERE (held.{key.name}, held.version)"
        f" IN (SELECT * FROM unnest(${first}::{_array(key)}, ${first + 1}::integer[]))"
        f" ORDER BY held.{key.name} FOR SHARE"
    )


def _array(column: Column[Any]) -> str:
    if isinstance(column.type, JSONB | ARRAY):
        return "text[]"  # as text: an array of arrays would be unnested to its last element
    return next(name for kind, name in _TYPES if isinstance(column.type, kind)) + "[]"


def _cast(column: Column[Any]) -> str:
    if isinstance(column.type, JSONB):
        return "::jsonb"
    return "::text[]" if isinstance(column.type, ARRAY) else ""


def _encoder(column: Column[Any]) -> _Encoder | None:
    if isinstance(column.type, JSONB):
        return _json
    return _text_array if isinstance(column.type, ARRAY) else None


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _text_array(values: Iterable[str] | None) -> str | None:
    """PostgreSQL's text form of an array of texts."""
    if values is None:
        return None
    return "{" + ",".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in values) + "}"
