"""The engine, once for all tests here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.javarosa.engine import Engine, collected


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    def scratch() -> Iterator[Path]:
        while True:
            yield tmp_path_factory.mktemp("form")

    return Engine(collected(), scratch())
