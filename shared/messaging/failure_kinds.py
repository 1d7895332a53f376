"""Classification of failures in a batch: transient (try again) or permanent (dead letter)."""

from enum import StrEnum

from shared.db.faults import passes, sqlstate_of
from shared.errors import DomainError, ErrorKind
from shared.messaging.bus.interface import BusUnavailable


class FailureKind(StrEnum):
    """Kind of a failure: decides what becomes of a record whose transaction failed."""

    PERMANENT = "permanent"  # a rule, or a defect of ours: dead letter, and its key is parked
    TRANSIENT = "transient"  # a part is away: again, in place


class ConcurrentUpdate(Exception):
    """Write conflict: another transaction wrote the same aggregates meanwhile: the transaction is tried again."""


def failure_kind(error: Exception) -> FailureKind:
    """Kind of the failure of a batch's transaction."""
    if isinstance(error, DomainError):
        return (
            FailureKind.TRANSIENT
            if error.kind in (ErrorKind.UNAVAILABLE, ErrorKind.RATE_LIMITED)
            else FailureKind.PERMANENT
        )
    passing = isinstance(error, BusUnavailable | ConcurrentUpdate) or passes(error)
    return FailureKind.TRANSIENT if passing else FailureKind.PERMANENT


def failure_code(error: Exception) -> str:
    """Stable code of a failure, as stored with a dead letter. Never carries content."""
    if isinstance(error, DomainError):
        return error.code
    state = sqlstate_of(error)
    return f"database_{state}" if state is not None else f"defect_{type(error).__name__}"
