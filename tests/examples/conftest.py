"""The example programs, made once a run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples.hotline import EXAMPLE, SOURCE, Hotline, java_command, python_command

HotlineOf = Callable[[str], Hotline]


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, ...]]:
    """The command of a language; the first question takes as long as its build."""
    made: dict[str, tuple[str, ...]] = {}

    def find(language: str) -> tuple[str, ...]:
        if language not in made:
            folder = tmp_path_factory.mktemp("example")
            made[language] = python_command(folder) if language == "python" else java_command()
        return made[language]

    return find


@pytest.fixture
def hotline_of(commands: Callable[[str], tuple[str, ...]], tmp_path: Path) -> HotlineOf:
    """An installation with a store of its own; bootstrap and keys are still to be told."""

    def find(language: str) -> Hotline:
        settings = {"source": SOURCE, "store": str(tmp_path / f"{language}.db"), "retry_seconds": "1"}
        return Hotline(commands(language), EXAMPLE / language, settings)

    return find
