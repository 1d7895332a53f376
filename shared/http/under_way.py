"""Requests under way of each caller: one caller does not fill a process with bodies and waiting requests."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import DomainError, ErrorKind


class TooManyAtOnce(DomainError):
    """Refusal: so many requests of this caller are under way that no further one is begun."""

    kind, code, title = ErrorKind.RATE_LIMITED, "too_many_at_once", "同时提交的请求过多"
    advice = "请等前面的请求完成后再试"


class UnderWay:
    """One per process. `limit`: requests of one caller that may be under way at a time."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._count: Counter[str] = Counter()

    @contextmanager
    def one_of(self, caller: str) -> Iterator[None]:
        """Counts a request while the body runs. Raises `TooManyAtOnce`."""
        if self._count[caller] >= self._limit:
            raise TooManyAtOnce(retry_after=1)
        self._count[caller] += 1
        try:
            yield
        finally:
            self._count[caller] -= 1
            if not self._count[caller]:
                del self._count[caller]
