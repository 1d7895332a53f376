"""Rows by keys of several columns, as many as there are, in one statement."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, bindparam, column, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute


def among(
    columns: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]], keys: Collection[Sequence[Any]]
) -> ColumnElement[bool]:
    """Whether a row has one of the keys; a key has a value for each of the columns.

    Row values in a list, `IN ((…), (…))`, are so many alternatives: PostgreSQL tries each of them on each row that it
    reads. Arrays are one join, whatever their length.
    """
    arrays = [
        bindparam(None, [key[at] for key in keys], type_=ARRAY(one.type), unique=True) for at, one in enumerate(columns)
    ]
    names = [column(f"key_{at}", one.type) for at, one in enumerate(columns)]
    wanted = func.unnest(*arrays).table_valued(*names).render_derived()
    return tuple_(*columns).in_(select(*wanted.c))
