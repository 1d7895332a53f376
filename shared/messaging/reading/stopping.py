"""Stop signal of a runner: calls of the bus and rests are bounded, and end soon once the stop was asked for."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
LAST_CALL = 3.0
"""Seconds that a call of the bus may take once the stop was asked for."""


class StopSignal(asyncio.Event):
    """Event that is set once: the runner shall end."""

    def __init__(self) -> None:
        super().__init__()
        self._limits: set[asyncio.Timeout] = set()

    def set(self) -> None:
        """Ask for the stop: calls under way have `LAST_CALL` seconds left, or less."""
        super().set()
        for limit in self._limits:
            if limit.expired():
                continue
            soon = asyncio.get_running_loop().time() + LAST_CALL
            limit.reschedule(min(limit.when() or soon, soon))

    async def bounded(self, seconds: float, call: Coroutine[Any, Any, T]) -> T:
        """Call something that has no time limit of its own, as no call of aiokafka has. Raises `TimeoutError`."""
        async with asyncio.timeout(LAST_CALL if self.is_set() else seconds) as limit:
            self._limits.add(limit)
            try:
                return await call
            finally:
                self._limits.discard(limit)

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until the stop is asked for."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.wait()
