"""The embedded broker and its fault commands: outages, delays, error codes, an empty cluster, further topics."""

import asyncio
from collections.abc import Callable
from typing import Any

from deploy.local.broker.cluster import MockCluster
from deploy.local.broker.forwarder import Forwarder


class Broker:
    """The mock cluster behind its port, and its fault commands."""

    def __init__(self, port: int, prefix: str) -> None:
        self._port = port
        self._prefix = prefix
        self._forwarder = Forwarder(port, corrects_versions=True)
        self._cluster = MockCluster(port=port, prefix=prefix)
        self._closing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await self._forwarder.up(self._cluster.port)

    async def stop(self) -> None:
        await self._forwarder.down()
        await asyncio.to_thread(self._cluster.close)

    async def carry_out(self, command: str) -> str:
        """Carries out one command; the answer is `ok` or begins with `error`."""
        name, *arguments = command.split()
        commands: dict[str, Callable[..., Any]] = {
            "down": self._forwarder.down,
            "up": lambda: self._forwarder.up(self._cluster.port),
            "replace": self._replace,
            "rtt": lambda ms: self._cluster.set_round_trip(int(ms)),
            "fail": lambda key, error, count: self._cluster.fail_next(int(key), int(error), int(count)),
            "topic": lambda topic, partitions: self._cluster.create_topic(topic, int(partitions)),
        }
        try:
            done = commands[name](*arguments)
            if asyncio.iscoroutine(done):
                await done
        except (KeyError, TypeError, ValueError, OSError) as error:
            return f"error {error!r}"
        return "ok"

    async def _replace(self) -> None:
        await self._forwarder.down()
        # The new one is made while the old one lives: its id is its address in memory, which must not be the same.
        old, self._cluster = self._cluster, MockCluster(port=self._port, prefix=self._prefix)
        await self._forwarder.up(self._cluster.port)
        self._closing.add(closing := asyncio.create_task(asyncio.to_thread(old.close)))
        closing.add_done_callback(self._closing.discard)
