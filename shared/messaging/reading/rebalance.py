"""Kafka rebalance listener: no batch is in flight while partitions change their owner."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.structs import TopicPartition

from shared.observability.logging import get_logger

log = get_logger(__name__)


class RebalanceListener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Kafka rebalance listener; closed from the moment partitions are revoked until the next ones are assigned.

    The group waits, at most `patience` seconds, until the batch in flight is processed and committed. A batch that
    takes longer goes on although its partitions are lost: the locks of the projection keep it from being applied twice.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = True
        self.generation = 0
        """Grows with every assignment: records fetched under an older one are discarded."""

    @property
    def is_open(self) -> bool:
        return self._open

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[None]:
        """Context manager round the processing of one batch and the commit of its offsets."""
        self._idle.clear()
        try:
            yield
        finally:
            self._idle.set()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        self._open = False
        try:
            async with asyncio.timeout(self._patience):
                await self._idle.wait()
        except TimeoutError:
            log.warning("rebalance_did_not_wait", partitions=len(revoked), seconds=self._patience)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        self.generation += 1
        self._open = True
        log.info("partitions_assigned", partitions=len(assigned))
