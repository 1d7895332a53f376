"""Items that are made one ahead: the next while the present one is used, if its user waits for something else."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")
_NONE = object()


async def one_ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The items of a source in their order. What it raises is raised where its item would have come.

    Close it (`contextlib.aclosing`) before what the source reads from is closed: an item may be in the making. The
    source is closed with it.
    """

    async def following() -> T | object:
        return await anext(source, _NONE)

    coming = asyncio.create_task(following())
    try:
        while (item := await coming) is not _NONE:
            coming = asyncio.create_task(following())
            yield item  # type: ignore[misc]  # nothing but an item is left
    finally:
        coming.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await coming
        await source.aclose()
