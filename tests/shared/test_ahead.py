"""Items made one ahead: in their order, while the one before is used, and none once nobody wants them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from shared.ahead import one_ahead


class Source:
    """Three items, each made after a turn of the loop; `made` tells which were begun, `closed` that it has ended."""

    def __init__(self, *, breaks_at: int | None = None) -> None:
        self.made: list[int] = []
        self.closed = False
        self._breaks_at = breaks_at

    async def items(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(3):
                self.made.append(number)
                await asyncio.sleep(0)
                if number == self._breaks_at:
                    raise ValueError(number)
                yield number
        finally:
            self.closed = True


async def test_the_next_item_is_made_while_the_present_one_is_used() -> None:
    source, seen = Source(), []
    async with aclosing(one_ahead(source.items())) as ahead:
        async for item in ahead:
            for _ in range(3):  # what its user waits for
                await asyncio.sleep(0)
            seen.append((item, list(source.made)))
    assert seen == [(0, [0, 1]), (1, [0, 1, 2]), (2, [0, 1, 2])]


async def test_what_the_source_raises_comes_where_its_item_would_have() -> None:
    seen: list[int] = []

    async def use(source: Source) -> None:
        async with aclosing(one_ahead(source.items())) as ahead:
            async for item in ahead:
                for _ in range(3):  # it breaks in the meantime
                    await asyncio.sleep(0)
                seen.append(item)

    with pytest.raises(ValueError, match="1"):
        await use(Source(breaks_at=1))
    assert seen == [0]


async def test_whoever_leaves_leaves_nothing_in_the_making() -> None:
    source = Source()
    async with aclosing(one_ahead(source.items())) as ahead:
        async for _ in ahead:
            await asyncio.sleep(0)
            break
    assert source.closed
    assert source.made == [0, 1]
