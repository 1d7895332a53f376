"""What bytes of a column are: sealed under a field key, a digest under an index key, or under no key of ours.

Each column of bytes says so where it is declared (a test finds one that does not), and the rotation of keys reads it
from there: a new noun is covered by its own declaration.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from sqlalchemy import LargeBinary, MetaData, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import MappedColumn, mapped_column

INFO = "bytes"
"""Name of the declaration in a column's `info`."""


@dataclass(frozen=True, slots=True)
class SealedAs:
    """Sealed under the name `field`, for the owner that `owner` makes of the row's columns (bytes in hex).

    `only`: a boolean column that is true if the row's value is sealed. `paired`: JSON pairs of which the second is
    sealed, in base64.
    """

    field: str
    owner: str
    only: str | None = None
    paired: bool = False

    @property
    def owners(self) -> Sequence[str]:
        """The columns that name the owner."""
        return [name for _, name, _, _ in Formatter().parse(self.owner) if name]

    def owner_of(self, row: Mapping[str, Any]) -> str:
        """The owner of a row's value."""
        named = {name: row[name] for name in self.owners}
        return self.owner.format_map(
            {name: one.hex() if isinstance(one, bytes) else one for name, one in named.items()}
        )


@dataclass(frozen=True, slots=True)
class BlindAs:
    """Digest under an index key. `owner`: the columns that name what is found by it, `key`: the one of the key's id.

    Without an owner it is not made again when keys change, because what it is of is kept nowhere: `why` that is right.
    """

    owner: Sequence[str] = ()
    key: str = "key_id"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unkeyed:
    """Bytes under no key: `what` they are."""

    what: str


ERASED = b""
"""In place of a sealed value that was erased, in a column that must not be null: nothing can be read of it."""

Declared = SealedAs | BlindAs | Unkeyed

NAMES: set[str] = set()
"""Names under which columns hold sealed values. Nothing is sealed under another: the rotation would never find it."""


def sealed(field: str, *, owner: str = "{id}", only: str | None = None, **more: Any) -> MappedColumn[Any]:
    """A column whose values are sealed. Bound to the names under which they are sealed and opened."""
    NAMES.add(field)
    return mapped_column(LargeBinary, info={INFO: SealedAs(field, owner, only)}, **more)


def sealed_pairs(field: str, *, owner: str = "{id}", **more: Any) -> MappedColumn[Any]:
    """A column of JSON pairs of which the second is sealed."""
    NAMES.add(field)
    return mapped_column(JSONB, info={INFO: SealedAs(field, owner, paired=True)}, **more)


def blind(*owner: str, type: Any = LargeBinary, key: str = "key_id", **more: Any) -> MappedColumn[Any]:
    """A column of digests by which something is found: made again for each new index key."""
    return mapped_column(type, info={INFO: BlindAs(owner, key)}, **more)


def blind_for_a_while(why: str, **more: Any) -> MappedColumn[Any]:
    """A column of digests that are never made again. `why`: what happens when their key is gone."""
    return mapped_column(LargeBinary, info={INFO: BlindAs(why=why)}, **more)


def unkeyed(what: str, **more: Any) -> MappedColumn[Any]:
    """A column of bytes under no key."""
    return mapped_column(more.pop("type", LargeBinary), info={INFO: Unkeyed(what)}, **more)


def declared(table: Table) -> Mapping[str, Declared]:
    """What the columns of a table declare, by name."""
    return {column.name: column.info[INFO] for column in table.columns if INFO in column.info}


def sealed_columns(table: Table) -> Mapping[str, SealedAs]:
    """The sealed columns of a table."""
    return {name: how for name, how in declared(table).items() if isinstance(how, SealedAs)}


def blind_columns(table: Table) -> Mapping[str, BlindAs]:
    """The columns of digests of a table that are made again."""
    return {name: how for name, how in declared(table).items() if isinstance(how, BlindAs) and how.owner}


def tables_with(columns: Any, targets: Iterable[MetaData]) -> Sequence[Table]:
    """The tables that have such columns (`sealed_columns`, `blind_columns`), by name."""
    return sorted(
        (table for target in targets for table in target.tables.values() if columns(table)), key=lambda one: one.name
    )
