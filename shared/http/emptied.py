"""Rate limit buckets that are known to be empty: the memory of one process, so that refusing asks no database."""

import math
from datetime import datetime, timedelta

from shared.errors import RateLimited
from shared.observability import metrics


class Emptied:
    """Empty buckets by name and caller, each until it holds a token again. The bucket itself stands in the database."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, str], datetime] = {}

    def refuse(self, name: str, caller: str, now: datetime) -> None:
        """Raise `RateLimited`, with the seconds until there is a token, if the bucket is empty."""
        until = self._until.get((name, caller))
        if until is None or until <= now:
            return
        metrics.RATE_LIMITED.labels(name).inc()
        raise RateLimited(name, retry_after=max(1, math.ceil((until - now).total_seconds())))

    def note(self, name: str, caller: str, now: datetime, wait: float) -> None:
        """Remember how long the bucket is empty; those that have filled again are forgotten."""
        self._until = {key: until for key, until in self._until.items() if until > now}
        if wait > 0:
            self._until[name, caller] = now + timedelta(seconds=wait)
        else:
            self._until.pop((name, caller), None)
