"""Classification of failures in a batch: transient (try again) or permanent (dead letter)."""

from enum import StrEnum

import asyncpg
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError

from shared.errors import DomainError, ErrorKind
from shared.messaging.bus.interface import BusUnavailable

# connection, resources, operator intervention, system, transaction state (deadlock, serialisation), lock not available,
# and a schema that is older than the code: the migration is still to come
_AWAY = ("08", "0A", "25", "26", "40", "42", "53", "55", "57", "58", "XX")

_AWAY_ERRORS = (
    *(OSError, TimeoutError, BusUnavailable, exc.InterfaceError, exc.TimeoutError),
    *(asyncpg.InterfaceError, asyncpg.InternalClientError),  # the latter: a connection ended just before a statement
)


class FailureKind(StrEnum):
    """Kind of a failure: decides what becomes of a record whose transaction failed."""

    PERMANENT = "permanent"  # a rule, or a defect of ours: dead letter, and its key is parked
    TRANSIENT = "transient"  # a part is away: again, in place


class ConcurrentUpdate(Exception):
    """Write conflict: another transaction wrote the same aggregates meanwhile: the transaction is tried again."""


def sqlstate_of(error: BaseException) -> str | None:
    """SQLSTATE of an error, whether SQLAlchemy wrapped the error or not."""
    inner = error.orig if isinstance(error, DBAPIError) else error
    found = getattr(inner, "sqlstate", None) or getattr(inner, "pgcode", None)
    return found if isinstance(found, str) else None


def failure_kind(error: Exception) -> FailureKind:
    """Kind of the failure of a batch's transaction."""
    if isinstance(error, DomainError):
        return (
            FailureKind.TRANSIENT
            if error.kind in (ErrorKind.UNAVAILABLE, ErrorKind.RATE_LIMITED)
            else FailureKind.PERMANENT
        )
    if isinstance(error, ValueError):  # also asyncpg's "invalid input for query argument", which is an InterfaceError
        return FailureKind.PERMANENT
    if isinstance(error, (*_AWAY_ERRORS, ConcurrentUpdate)):
        return FailureKind.TRANSIENT
    state = sqlstate_of(error)
    if state is not None:
        return FailureKind.TRANSIENT if state.startswith(_AWAY) else FailureKind.PERMANENT
    return (
        FailureKind.TRANSIENT
        if isinstance(error, DBAPIError) and error.connection_invalidated
        else FailureKind.PERMANENT
    )


def failure_code(error: Exception) -> str:
    """Stable code of a failure, as stored with a dead letter. Never carries content."""
    if isinstance(error, DomainError):
        return error.code
    state = sqlstate_of(error)
    return f"database_{state}" if state is not None else f"defect_{type(error).__name__}"
