"""Inbound events (外部来件): how far the hotline's clock may be ahead."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.errors import DomainError, ErrorKind

NAMESPACE = UUID("6f1d3a53-64c3-5b0c-8f2e-2f0a8f9d5a11")
AHEAD = timedelta(minutes=5)
"""By how much the hotline's clock may be ahead of ours."""


class ReceivedInTheFuture(DomainError):
    """The hotline says that it took the request later than now."""

    kind, code, title = ErrorKind.INVALID, "received_at_invalid", "受理时间晚于当前时间"
    advice = "请核对受理时间和时区"


def require_received(received_at: datetime, now: datetime) -> None:
    """Raises `ReceivedInTheFuture` if the hotline's clock is further ahead than may be."""
    if received_at > now + AHEAD:
        raise ReceivedInTheFuture.at("received_at")
