"""Rate limit of log lines that anybody outside could cause."""

from shared.clock import Clock

EVERY = 60.0
"""Seconds between two lines about the same thing."""
REMEMBERED = 1000


class Seldom:
    """Rate limit of one kind of log line in one process; not shared between threads."""

    def __init__(self, clock: Clock, every: float = EVERY) -> None:
        self._clock = clock
        self._every = every
        self._last: dict[str, tuple[float, int]] = {}

    def allows(self, thing: str) -> int | None:
        """None: not now. Otherwise how many lines about it were left out since the last one."""
        now = self._clock.now().timestamp()
        last, silenced = self._last.pop(thing, (float("-inf"), 0))
        if now - last < self._every:
            self._last[thing] = (last, silenced + 1)
            return None
        if len(self._last) >= REMEMBERED:
            del self._last[next(iter(self._last))]
        self._last[thing] = (now, 0)
        return silenced
