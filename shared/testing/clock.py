"""A clock that stands until it is moved."""

from datetime import UTC, datetime, timedelta


class FrozenClock:
    """A `shared.clock.Clock` for tests."""

    def __init__(self, at: datetime = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)) -> None:
        assert at.tzinfo is not None
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, **parts: float) -> datetime:
        """Moves forward by `timedelta(**parts)`."""
        self._now += timedelta(**parts)
        return self._now

    def set(self, at: datetime) -> None:
        """Moves to an instant."""
        assert at.tzinfo is not None
        self._now = at.astimezone(UTC)
