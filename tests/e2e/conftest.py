"""One county is enough for many files: a stack takes long to start."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.e2e.stack import Running, running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def second() -> AsyncIterator[Running]:
    """A county beside the one of the story: the documents' examples are sent to it, then it is told the story too."""
    with tempfile.TemporaryDirectory(prefix="xiangli-e2e-second-", ignore_cleanup_errors=True) as made:
        async with running(Path(made)) as found:
            yield found
