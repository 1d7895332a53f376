"""The workspace with Node's packages, once for all tests here."""

from pathlib import Path

import pytest

from tests.clients.node import workspace


@pytest.fixture(scope="session")
def node_workspace() -> Path:
    return workspace()
