"""Compare-and-set: a row is changed only if it is as it was seen, in one statement."""

from typing import Any, Protocol, TypeAlias, TypeVar

from sqlalchemy import Update, inspect, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import VersionMismatch


class Versioned(Protocol):
    """A row that counts its changes. One with a `status` moves along a lifecycle."""

    @property
    def version(self) -> Any: ...


Seen: TypeAlias = frozenset[int] | None
"""Versions one of which a caller saw, as `If-Match` names them; None: the caller does not say."""

V = TypeVar("V", bound=Versioned)


def guarded_update(table: type[Any], seen: Versioned, **changes: Any) -> Update:
    """`UPDATE … WHERE` key, version and (if the table has one) status are those of `seen`; the version grows by one.

    `seen` is an entity of the table or a record with equal names. The version is compared as well as the status: what
    was returned and dispatched again has the same status, yet is not what was seen.
    """
    columns = inspect(table).columns
    guards = [column == getattr(seen, column.key) for column in inspect(table).primary_key]
    guards += [columns[name] == getattr(seen, name) for name in ("version", "status") if name in columns]
    return update(table).where(*guards).values(version=columns["version"] + 1, **changes)


async def compare_and_set(session: AsyncSession, seen: V, **changes: Any) -> V | None:
    """The entity after the change, or None if somebody else changed it since it was seen.

    Every lifecycle move goes through here. Nothing is committed; the row stays locked until the transaction ends.
    """
    table = type(seen)
    statement = (
        guarded_update(table, seen, **changes)
        .returning(table)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    found: V | None = (await session.scalars(statement)).one_or_none()
    return found


def require_version(seen: Versioned, expected: Seen) -> None:
    """Precondition of a change: raises `VersionMismatch` if the caller saw other versions; None demands nothing."""
    if expected is not None and seen.version not in expected:
        raise VersionMismatch(getattr(seen, "id", None))
