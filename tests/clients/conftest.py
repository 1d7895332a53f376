"""What the tests here share: the workspace with Node's packages, and one running county for all clients."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.clients.node import workspace
from tests.e2e.stack import Running, running


@pytest.fixture(scope="session")
def node_workspace() -> Path:
    return workspace()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def county() -> AsyncIterator[Running]:
    """A county of its own, in a folder where a server that runs as another user may look."""
    with tempfile.TemporaryDirectory(prefix="xiangli-client-", ignore_cleanup_errors=True) as made:
        async with running(Path(made)) as stack:
            yield stack
