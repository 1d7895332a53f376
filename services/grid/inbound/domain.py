"""Inbound events (外部来件): the code of each refusal, and the identity by which an event is known again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.incidents.domain import IncidentAreaUnknown, IncidentNotLocated, IncidentPointOutsideArea
from shared.errors import DomainError, ErrorKind, NotYet

NAMESPACE = UUID("6f1d3a53-64c3-5b0c-8f2e-2f0a8f9d5a11")
AHEAD = timedelta(minutes=5)
"""By how much the hotline's clock may be ahead of ours."""
REMEMBERED = 10_000
"""Refused events of one source that are remembered one by one; what comes beyond is coalesced."""
TOLD_PER_MINUTE = 60
"""Further answers of one outcome that are announced one by one; what comes beyond is counted and told with the next."""
REPEATED_PER_MINUTE = 600
"""Answers of one source that are given once more to the same events, one by one."""
NEVER_REMEMBERED = frozenset({"rate_exceeded", "id_reused"})
"""Refusals that say nothing of the event itself: another answer to the same id may stand, or is still to come."""


class ReceivedInTheFuture(DomainError):
    """The hotline says that it took the request later than now."""

    kind, code, title = ErrorKind.INVALID, "received_at_invalid", "受理时间晚于当前时间"
    advice = "请核对受理时间和时区"


REFUSALS: Mapping[type[DomainError], str] = {
    CategoryUnknown: "category_unknown",
    IncidentAreaUnknown: "area_unknown",
    NotYet: "area_unknown",  # an open answer: the same event may be sent again
    IncidentNotLocated: "not_located",
    IncidentPointOutsideArea: "point_outside_area",
    ReceivedInTheFuture: "received_at_invalid",
}
"""The codes with which a well-formed request is rejected."""


def require_received(received_at: datetime, now: datetime) -> None:
    """Raises `ReceivedInTheFuture` if the hotline's clock is further ahead than may be."""
    if received_at > now + AHEAD:
        raise ReceivedInTheFuture.at("received_at")


def request_outcome_id(topic: str, source: str, request_id: str) -> UUID:
    """Identity of an event's outcome: the same event always has the same."""
    return uuid5(NAMESPACE, f"{topic} {source} {request_id}")


def coalesced_outcome_id(topic: str, partition: int, source: str | None, code: str) -> UUID:
    """Identity of the one outcome of all that a partition's records of a source (None: of strangers) are refused for.

    There are no more of these than partitions, sources and codes, whatever is sent.
    """
    return uuid5(NAMESPACE, f"{topic} {partition} {source or ''} {code}")
