"""Task groups, and stopping tasks and aiokafka clients within a bound."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from shared.observability.logging import get_logger

log = get_logger(__name__)


async def until_first_ends(*parts: Coroutine[Any, Any, None]) -> None:
    """Run the parts concurrently until the first one ends, or fails; the others are cancelled."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await cancel_all(*tasks)


def reason_of(error: BaseException) -> str:
    return type(error).__name__


async def cancel_all(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def stop_within(stopping: Coroutine[Any, Any, None], seconds: float) -> None:
    """Stop a client within so many seconds; whatever it raises is logged.

    aiokafka's stop() may hang, raise, or let out a CancelledError that nobody sent.
    """
    task = asyncio.ensure_future(stopping)
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        log.warning("consumer_stop_abandoned")
        task.cancel()
    elif not task.cancelled() and (error := task.exception()) is not None:
        log.info("consumer_stop_failed", error=reason_of(error))
