"""Inbound events (外部来件): the code of each refusal, and the identity by which an event is known again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.incidents.domain import IncidentAreaUnknown, IncidentNotLocated, IncidentPointOutsideArea
from shared.errors import DomainError, ErrorKind

NAMESPACE = UUID("6f1d3a53-64c3-5b0c-8f2e-2f0a8f9d5a11")
AHEAD = timedelta(minutes=5)
"""By how much the hotline's clock may be ahead of ours."""


class ReceivedInTheFuture(DomainError):
    """The hotline says that it took the request later than now."""

    kind, code, title = ErrorKind.INVALID, "received_at_invalid", "受理时间晚于当前时间"
    advice = "请核对受理时间和时区"


REFUSALS: Mapping[type[DomainError], str] = {
    CategoryUnknown: "category_unknown",
    IncidentAreaUnknown: "area_unknown",
    IncidentNotLocated: "not_located",
    IncidentPointOutsideArea: "point_outside_area",
    ReceivedInTheFuture: "received_at_invalid",
}
"""The codes with which a well-formed request is rejected."""


def require_received(received_at: datetime, now: datetime) -> None:
    """Raises `ReceivedInTheFuture` if the hotline's clock is further ahead than may be."""
    if received_at > now + AHEAD:
        raise ReceivedInTheFuture


def request_outcome_id(topic: str, source: str, request_id: str) -> UUID:
    """Identity of an event's outcome: the same event always has the same."""
    return uuid5(NAMESPACE, f"{topic} {source} {request_id}")


def record_outcome_id(topic: str, partition: int, offset: int, mark: bytes) -> UUID:
    """Identity of the outcome of a record whose event cannot be named.

    `mark` distinguishes it from another record that lay at the same place of another broker.
    """
    return uuid5(NAMESPACE, f"{topic} {partition} {offset} {mark.hex()}")
