"""Apache Kafka as the message bus, through aiokafka: configuration of every client, queries of the admin client.

Nothing in aiokafka has a deadline while brokers are away: every call here is bounded.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from shared.contracts.catalogue import STATE_TOPICS
from shared.diagnostics import Diagnosis, Diagnostics
from shared.kafka_security import ssl_context
from shared.messaging.bus import embedded
from shared.messaging.bus.diagnosis import diagnose_bus
from shared.messaging.bus.interface import BusUnavailable, Consumer
from shared.messaging.bus.producer import KafkaSender
from shared.messaging.bus.timeouts import STANDARD
from shared.settings import BrokerProfile, ServiceSettings

PROBE_AGAIN = 5.0
"""Seconds for which the answer of a probe holds."""

BATCH_BYTES = 900_000
"""Below the 1 MiB that brokers take by default."""


def connection_arguments(settings: ServiceSettings) -> dict[str, Any]:
    """Connection arguments of every aiokafka client: addresses, TLS, SASL."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap,
        "security_protocol": settings.kafka_security,
    }
    if settings.kafka_security.endswith("SSL"):
        arguments["ssl_context"] = ssl_context(settings)
    if settings.kafka_security.startswith("SASL") and settings.kafka_password is not None:
        arguments["sasl_mechanism"] = settings.kafka_sasl_mechanism
        arguments["sasl_plain_username"] = settings.kafka_username
        arguments["sasl_plain_password"] = settings.kafka_password.get_secret_value()
    return arguments


class KafkaBus:
    """Kafka message bus, one per process. Satisfies `shared.messaging.bus.interface.Bus`.

    `client_id` shows in the broker's logs.
    """

    def __init__(self, settings: ServiceSettings, *, client_id: str, diagnostics: Diagnostics | None = None) -> None:
        self._diagnostics = diagnostics or Diagnostics()
        self.embedded = settings.broker_profile is BrokerProfile.EMBEDDED
        self.timeouts = embedded.TIMEOUTS if self.embedded else STANDARD
        self._connection = connection_arguments(settings)
        self._declared = {
            settings.topic(topic.name): settings.topic_partitions or topic.partitions for topic in STATE_TOPICS.values()
        }
        self._client_id = client_id
        self._admin: AIOKafkaAdminClient | None = None
        self._asking = asyncio.Lock()
        self._found: Diagnosis | None = None
        self._probed = -PROBE_AGAIN

    def sender(self) -> KafkaSender:
        """Idempotent producer; acknowledged by all replicas."""
        return KafkaSender(self._producer, timeout=self.timeouts.request, declared=self._declared)

    def _producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._connection,
            client_id=self._client_id,
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=_ms(self.timeouts.request),
        )

    def consumer(
        self,
        group: str | None,
        topics: Sequence[str] = (),
        listener: ConsumerRebalanceListener | None = None,
        *,
        max_poll_records: int = 5000,
    ) -> Consumer:
        """An AIOKafkaConsumer, not started. Without a committed offset it begins at the earliest record."""
        consumer = AIOKafkaConsumer(
            **self._connection,
            client_id=self._client_id,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=_ms(self.timeouts.session),
            heartbeat_interval_ms=_ms(self.timeouts.heartbeat),
            rebalance_timeout_ms=_ms(self.timeouts.rebalance),
            request_timeout_ms=_ms(self.timeouts.request),
            max_poll_interval_ms=_ms(self.timeouts.max_poll),
            max_poll_records=max_poll_records,
            fetch_max_wait_ms=_ms(self.timeouts.fetch_wait),
            partition_assignment_strategy=(embedded.PatientAssignor if self.embedded else RoundRobinPartitionAssignor,),
        )
        if topics:
            consumer.subscribe(list(topics), listener=listener)
        bounded: Consumer = consumer
        return bounded

    async def cluster_id(self) -> str:
        """Cluster id of the present broker. Raises BusUnavailable."""
        described = await self.ask("describe_cluster")
        return str(described["cluster_id"])

    async def partitions(self, topic: str) -> int:
        """Number of partitions. Raises BusUnavailable, also for a topic that does not exist."""
        (described,) = await self.ask("describe_topics", [topic])
        if not described["partitions"]:
            raise BusUnavailable(f"no topic {topic}")
        return len(described["partitions"])

    async def end_offsets(self, topic: str) -> Mapping[TopicPartition, int]:
        """End offset of each partition: that of the next record. Raises BusUnavailable."""
        partitions = [TopicPartition(topic, number) for number in range(await self.partitions(topic))]
        consumer = self.consumer(None)
        try:
            async with asyncio.timeout(self.timeouts.admin):
                await consumer.start()
                return await consumer.end_offsets(partitions)
        except (KafkaError, OSError, TimeoutError) as error:
            raise BusUnavailable(f"end_offsets: {error!r}") from error
        finally:
            await _stop(consumer)

    async def group_offsets(
        self, group: str, partitions: Collection[TopicPartition]
    ) -> Mapping[TopicPartition, tuple[int, str]]:
        """Committed offsets of a group, with their metadata; partitions without one are left out.

        Raises BusUnavailable.
        """
        found = await self.ask("list_consumer_group_offsets", group, partitions=list(partitions))
        return {tp: (entry.offset, entry.metadata or "") for tp, entry in found.items() if entry.offset >= 0}

    async def _started_admin(self) -> AIOKafkaAdminClient:
        if self._admin is None:
            admin = AIOKafkaAdminClient(
                **self._connection, client_id=self._client_id, request_timeout_ms=_ms(self.timeouts.admin)
            )
            try:
                await admin.start()
            except BaseException:
                await admin.close()
                raise
            self._admin = admin
        return self._admin

    async def close(self) -> None:
        """Close the admin client. Bounded in time; senders and consumers are closed by those who asked for them."""
        async with self._asking:
            await self._forget_admin()

    async def ask(self, question: str, *arguments: Any, **named: Any) -> Any:
        """Call a method of the admin client, which is kept until a call fails. Raises BusUnavailable."""
        async with self._asking:
            try:
                async with asyncio.timeout(self.timeouts.admin):
                    answer = await getattr(await self._started_admin(), question)(*arguments, **named)
            except (KafkaError, OSError, TimeoutError) as error:
                await self._forget_admin()
                diagnosis = await self._diagnose()
                raise BusUnavailable(f"{question}: {error!r}", diagnosis) from error
            except BaseException:
                await self._forget_admin()
                raise
            self._diagnostics.report("bus", None)
            self._probed = -PROBE_AGAIN
            return answer

    async def _diagnose(self) -> Diagnosis | None:
        """Diagnosis of now, or of up to `PROBE_AGAIN` seconds ago: callers do not each wait for a probe."""
        now = asyncio.get_running_loop().time()
        if now - self._probed > PROBE_AGAIN:
            self._found = await diagnose_bus(self._connection)
            self._probed = asyncio.get_running_loop().time()
            self._diagnostics.report("bus", self._found)
        return self._found

    async def _forget_admin(self) -> None:
        admin, self._admin = self._admin, None
        if admin is None:
            return
        try:
            async with asyncio.timeout(2):
                await admin.close()
        except (KafkaError, OSError, TimeoutError):
            return


async def _stop(consumer: Consumer) -> None:
    """aiokafka's stop() has no bound of its own."""
    try:
        async with asyncio.timeout(2):
            await consumer.stop()
    except (KafkaError, OSError, TimeoutError):
        return


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
