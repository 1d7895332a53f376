"""Passing faults of PostgreSQL: the one list of what may be over in a moment, for requests, records and jobs alike.

A request that meets one is answered 503 with Retry-After, a record or a job is tried again in place. Whatever is not
here is a rule's refusal or a defect, and trying again would not help.
"""

from collections.abc import Mapping

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

PASSING: Mapping[str, str] = {
    "08": "the connection failed",
    "0A": "a cached plan does not fit the schema any more",
    "25": "the transaction's state: a server that has become read-only, an idle transaction ended",
    "26": "a prepared statement is not known: another server answers",
    "28": "the role is refused: a password is being changed",
    "3D": "the database is not there: a restore is under way",
    "40": "rolled back: a deadlock, or not to be serialised",
    "42501": "a grant is missing, as below",
    "42703": "a column is missing: the migration is still to come",
    "42704": "an object is missing, likewise",
    "42883": "a function is missing, likewise",
    "42P05": "a prepared statement is there already: another server answers",
    "42P01": "a table is missing, likewise",
    "53": "resources: disk, memory, connections",
    "55": "an object is in use, or a lock was not given in time",
    "57": "an operator intervened: shutdown, start, a statement that took too long",
    "58": "the server's system failed: input, output",
    "72": "the snapshot is too old",
    "XX": "the server's own defect",
}
"""Beginnings of SQLSTATEs and what each means."""

READ_ONLY = "25006"


def driver_error(error: BaseException) -> BaseException:
    """What asyncpg said under SQLAlchemy's wrapping, or the error itself."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig.__cause__ or error.orig
    return error


def sqlstate_of(error: BaseException) -> str | None:
    """SQLSTATE of an error, whether SQLAlchemy wrapped the error or not; None if the server did not say one."""
    found = getattr(driver_error(error), "sqlstate", None)
    return found if isinstance(found, str) else None


def passes(error: BaseException) -> bool:
    """Whether an error of the database may be over in a moment."""
    if (state := sqlstate_of(error)) is not None:
        return state.startswith(tuple(PASSING))
    cause = driver_error(error)
    if isinstance(cause, ValueError):  # asyncpg's "invalid input for query argument" is an InterfaceError as well
        return False
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # InternalClientError: a connection that was ended just before a statement
    return isinstance(cause, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError | PoolTimeout)
