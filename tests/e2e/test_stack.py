"""The stack of a test leaves nothing behind."""

import asyncio
from pathlib import Path

import pytest

from tests.e2e.stack import Running, running


async def test_the_server_of_a_stack_ends_with_it_although_it_is_no_child_of_the_launcher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A launcher that is killed leaves PostgreSQL in a session of its own."""
    started: list[Running] = []

    async def only_the_server(self: Running) -> None:
        started.append(self)
        await asyncio.to_thread(self.stack.postgres.start)
        assert self.stack.postgres.pid() is not None
        raise ConnectionError("as a stack that does not come up")

    monkeypatch.setattr(Running, "start", only_the_server)
    with pytest.raises(ConnectionError):
        await running(tmp_path).__aenter__()
    assert started[0].stack.postgres.pid() is None
