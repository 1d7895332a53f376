"""Erasing of sealed columns: nothing of what they hold can be read again."""

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, or_, update

from shared.db.sealing import ERASED, sealed_columns


def erasing(table: Table, which: ColumnElement[bool], *, empty: bool = False) -> Any:
    """The statement that erases every sealed column of some rows; gives the keys of those that held something.

    A column that may be null becomes null, else it is left empty; `empty`: all are left empty, so that no row tells
    by a null that there never was anything.
    """
    columns = [table.c[name] for name in sealed_columns(table)]
    held = or_(*(func.length(column) > 0 for column in columns))
    nothing = {column.name: None if column.nullable and not empty else ERASED for column in columns}
    return update(table).where(and_(which, held)).values(nothing).returning(*table.primary_key.columns)


def holds(row: type[Any]) -> ColumnElement[bool]:
    """Whether a row of a class still holds anything sealed."""
    table: Table = row.__table__
    return or_(*(func.coalesce(func.length(table.c[name]), 0) > 0 for name in sealed_columns(table)))
