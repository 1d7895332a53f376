"""A county for each file: it starts in seconds, and while it idles its workers ask the bus again and again."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.e2e.stack import Running, running


@contextlib.asynccontextmanager
async def a_stack() -> AsyncIterator[Running]:
    """In a folder where a server that runs as another user may look."""
    with tempfile.TemporaryDirectory(prefix="xiangli-e2e-", ignore_cleanup_errors=True) as made:
        async with running(Path(made)) as found:
            yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def county() -> AsyncIterator[Running]:
    """The one that is told the story."""
    async with a_stack() as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def second() -> AsyncIterator[Running]:
    """A county beside it, to which the documents' examples are sent: what they draft, a page drafts, too."""
    async with a_stack() as found:
        yield found
