"""Garbage collection of the processes that live long."""

import argparse
import gc
import signal
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared import cli
from shared.commands import api, worker
from shared.commands.collecting import SELDOM, WHILE_LOADING, collect_seldom
from shared.commands.package import Package
from shared.settings import ServiceSettings

SETTINGS = cast(ServiceSettings, SimpleNamespace(log_level="WARNING", shutdown_grace=1.0, tracing_endpoint=None))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[tuple[int, int, int], bool]]]:
    """Thresholds of the collector, and whether what was there is left alone, while each command did its work."""
    found: list[tuple[tuple[int, int, int], bool]] = []
    gc.unfreeze()  # the tests' own process collects seldom, too
    gc.set_threshold(700, 10, 10)
    monkeypatch.setattr("shared.observability.logging.configure", lambda **_: None)

    async def working(*_: Any, **__: Any) -> None:
        found.append((gc.get_threshold(), gc.get_freeze_count() > 10_000))

    monkeypatch.setattr(Package, "create_app", lambda *_: None)
    monkeypatch.setattr(Package, "worker", working)
    monkeypatch.setattr(api, "serve_app", working)
    yield found
    collect_seldom()


@pytest.mark.parametrize("command", [api.serve, worker.work])
def test_a_process_that_lives_long_collects_seldom(command: Any, seen: list[tuple[tuple[int, int, int], bool]]) -> None:
    assert command(Package("services.registry"), SETTINGS, argparse.Namespace()) == 0
    assert seen == [(SELDOM, True)]


def test_hardly_anything_is_looked_through_while_the_verb_is_loaded(
    monkeypatch: pytest.MonkeyPatch, seen: list[tuple[tuple[int, int, int], bool]]
) -> None:
    thresholds: list[tuple[int, int, int]] = []

    def main(*_: Any) -> int:
        thresholds.append(gc.get_threshold())
        return 0

    monkeypatch.setattr(cli, "main", main)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit):
        cli.program("services.registry")
    signal.signal(signal.SIGTERM, before)
    assert thresholds == [WHILE_LOADING]
