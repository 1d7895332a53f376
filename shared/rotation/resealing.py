"""Sealing anew: the next rows of a table by key, whatever is sealed in them under another key than the active one."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, Update, bindparam, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.crypto.service import CannotOpen, Crypto, header_of
from shared.db.sealing import SealedAs, sealed_columns
from shared.observability.logging import get_logger
from shared.rotation.standing import condition_of

log = get_logger(__name__)

Cursor = Sequence[Any]
"""The key of the last row, in JSON forms."""


class Resealing:
    """Rows of one table, in the transaction of one step. Nothing else of a row changes, its version neither.

    A row that somebody has locked is left for the next pass: nobody is waited for, so that nobody can wait crosswise.
    One that no key opens stays as it is, and keeps nobody from sealing the others anew: `closed` counts them.
    """

    def __init__(self, session: AsyncSession, crypto: Crypto, table: Table) -> None:
        self._session = session
        self._crypto = crypto
        self._table = table
        self._keys: Sequence[Column[Any]] = list(table.primary_key.columns)
        self._columns = sealed_columns(table)
        self.closed = 0

    async def next(self, after: Cursor | None, limit: int) -> tuple[Cursor | None, int, int]:
        """Where the window of so many rows ended (None: at the table's end), how many it had, and how many changed."""
        keys = self._keys
        window = select(*keys).order_by(*keys).limit(limit)
        if after is not None:
            window = window.where(_beyond(keys, self._read(after)))
        seen = (await self._session.execute(window)).all()
        if not seen:
            return None, 0, 0
        changed = await self._between(tuple(seen[0]), tuple(seen[-1]))
        end = None if len(seen) < limit else [_written(value) for value in seen[-1]]
        return end, len(seen), changed

    async def _between(self, first: Sequence[Any], last: Sequence[Any]) -> int:
        keys, header = self._keys, header_of(self._crypto.field_keys[0])
        old = " OR ".join(f"({condition_of(name, how, under=False)})" for name, how in self._columns.items())
        wanted = {*self._columns, *(name for how in self._columns.values() for name in (*how.owners, *_only(how)))}
        others = [self._table.c[name] for name in sorted(wanted) if self._table.c[name] not in set(keys)]
        stale = (
            select(*keys, *others)
            .where(_from(keys, first), _until(keys, last))
            .where(text(f"({old})").bindparams(header=header, length=len(header)))
            .order_by(*keys)
            .with_for_update(skip_locked=True, key_share=True)
        )
        rows = (await self._session.execute(stale)).mappings().all()
        if not rows:
            return 0
        changes = [found for row in rows if (found := self._changed(row)) is not None]
        for names, several in _by_columns(changes):
            await self._session.execute(self._update(names), several)
        return len(changes)

    def _update(self, names: Sequence[str]) -> Update:
        return (
            update(self._table)
            .where(*(column == bindparam(f"key_{at}", type_=column.type) for at, column in enumerate(self._keys)))
            .values({name: bindparam(f"new_{name}", type_=self._table.c[name].type) for name in names})
        )

    def _changed(self, row: Mapping[Any, Any]) -> dict[str, Any] | None:
        """What changes of a row; None: something in it cannot be opened."""
        try:
            return self._opened(row)
        except CannotOpen:
            if not self.closed:  # one line a step: of a lost key there may be many
                key = [_written(row[column.name]) for column in self._keys]
                log.error("cannot_open", table=str(self._table.name), row=key)
            self.closed += 1
            return None

    def _opened(self, row: Mapping[Any, Any]) -> dict[str, Any]:
        found = {f"key_{at}": row[column.name] for at, column in enumerate(self._keys)}
        for name, how in self._columns.items():
            value = row[name]
            if not value or (how.only and not row[how.only]):
                continue
            owner = how.owner_of(row)
            anew = self._pairs(value, how, owner) if how.paired else self._anew(value, how, owner)
            if anew != value:
                found[f"new_{name}"] = anew
        return found

    def _anew(self, value: bytes, how: SealedAs, owner: str) -> bytes:
        return self._crypto.sealed_anew(bytes(value), field=how.field, owner=owner)

    def _pairs(self, value: Sequence[Any], how: SealedAs, owner: str) -> list[Any]:
        return [[name, b64encode(self._anew(b64decode(one), how, owner)).decode()] for name, one in value]

    def _read(self, cursor: Cursor) -> Sequence[Any]:
        return [_of_column(column, value) for column, value in zip(self._keys, cursor, strict=True)]


def _only(how: SealedAs) -> Sequence[str]:
    return () if how.only is None else (how.only,)


def _by_columns(changes: Sequence[dict[str, Any]]) -> Sequence[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """Changes by the columns that change: an append-only row takes no value that stays."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in changes:
        names = tuple(name.removeprefix("new_") for name in one if name.startswith("new_"))
        found.setdefault(names, []).append(one)
    return [(names, several) for names, several in found.items() if names]


def _beyond(keys: Sequence[Column[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    return tuple_(*keys) > tuple_(*_bound(keys, values))


def _from(keys: Sequence[Column[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    return tuple_(*keys) >= tuple_(*_bound(keys, values))


def _until(keys: Sequence[Column[Any]], values: Sequence[Any]) -> ColumnElement[bool]:
    return tuple_(*keys) <= tuple_(*_bound(keys, values))


def _bound(keys: Sequence[Column[Any]], values: Sequence[Any]) -> list[Any]:
    return [bindparam(None, value, type_=column.type, unique=True) for column, value in zip(keys, values, strict=True)]


def _written(value: Any) -> Any:
    """A key as JSON keeps it."""
    match value:
        case bytes():
            return value.hex()
        case date():  # a datetime too
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value


def _of_column(column: Column[Any], value: Any) -> Any:
    python = column.type.python_type
    if python is bytes:
        return bytes.fromhex(value)
    if python in (int, str):
        return value
    return python.fromisoformat(value) if hasattr(python, "fromisoformat") else python(value)
