"""The buses that one suite holds to the same promises: in memory, the embedded broker, a real Kafka."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import uuid4

from aiokafka.admin import NewTopic
from aiokafka.errors import KafkaError

from deploy.kafka.access import Kind, Operation, Rule
from deploy.kafka.node import SecureKafka
from deploy.kafka.server import KafkaServer, Ports
from deploy.local.broker.forwarder import Forwarder
from shared.messaging.bus.interface import Bus, Consumer, Message
from shared.messaging.bus.kafka import KafkaBus
from shared.settings import BrokerProfile, ServiceSettings
from shared.testing.broker import BrokerProcess, free_port
from shared.testing.bus import MemoryBus


class Member(Protocol):
    """A member of a group that reads, prints and commits. `seen` is `(partition, offset, key, value)` per record."""

    seen: list[tuple[int, int, str, str]]

    async def stop(self) -> None:
        """Leaves the group in order."""
        ...

    async def kill(self) -> None:
        """Is gone without a word."""
        ...


class Rig(Protocol):
    """A bus and what a test may do to it."""

    bus: Bus

    async def topic(self, partitions: int = 2, name: str | None = None) -> str: ...
    async def member(self, group: str, topic: str) -> Member: ...
    async def down(self) -> None: ...
    async def up(self) -> None: ...


def kafka_settings(bootstrap: str, profile: BrokerProfile, **more: Any) -> ServiceSettings:
    """Of a client with keys that nobody else has. `more`: such as what `security` answers."""

    def key(length: int) -> str:
        return "k:" + base64.b64encode(os.urandom(length)).decode()

    return ServiceSettings.model_validate(
        {
            "database_url": "postgresql+asyncpg://nobody@127.0.0.1/none",
            "kafka_bootstrap": bootstrap,
            "broker_profile": profile,
            "oidc_issuer": "http://127.0.0.1:1",
            "field_keys": key(16),
            "index_keys": key(32),
            "cursor_key": "a cursor key of tests",
            "position_keys": key(16),
            **more,
        }
    )


def security(environment: Mapping[str, str]) -> dict[str, str]:
    """`XIANGLI_KAFKA_…` variables as settings, without the address of the broker."""
    named = {name.removeprefix("XIANGLI_").lower(): value for name, value in environment.items()}
    named.pop("kafka_bootstrap", None)
    return named


async def work(consumer: Consumer, seen: list[tuple[int, int, str, str]], stop: asyncio.Event, *, echo: bool) -> None:
    """Reads, remembers, commits, until told to stop."""
    await consumer.start()
    try:
        while not stop.is_set():
            for lane, records in (await consumer.getmany(timeout_ms=50)).items():
                for record in records:
                    key, value = (record.key or b"").decode(), (record.value or b"").decode()
                    seen.append((record.partition, record.offset, key, value))
                    if echo:
                        sys.stdout.write(f"{record.partition} {record.offset} {key} {value}\n")
                        sys.stdout.flush()
                with suppress(KafkaError):  # in a rebalance: whoever gets the partition reads it again
                    await consumer.commit({lane: records[-1].offset + 1})
    finally:
        await consumer.stop()


class MemoryMember:
    def __init__(self, consumer: Consumer) -> None:
        self.seen: list[tuple[int, int, str, str]] = []
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(work(consumer, self.seen, self._stop, echo=False))

    async def stop(self) -> None:
        self._stop.set()
        await self._task

    kill = stop


class MemoryRig:
    def __init__(self) -> None:
        self.memory = MemoryBus({})
        self.bus: Bus = self.memory

    async def topic(self, partitions: int = 2, name: str | None = None) -> str:
        name = name or f"suite.{uuid4().hex[:8]}"
        self.memory.create_topic(name, partitions)
        return name

    async def member(self, group: str, topic: str) -> Member:
        return MemoryMember(self.bus.consumer(group, [topic]))

    async def down(self) -> None:
        await self.memory.down()

    async def up(self) -> None:
        await self.memory.up()


class ProcessMember:
    """`python -m tests.shared.bus_member` in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.seen: list[tuple[int, int, str, str]] = []
        self._process = process
        self._reading = asyncio.create_task(self._read())

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        await self._end()

    async def kill(self) -> None:
        self._process.kill()
        await self._end()

    async def _end(self) -> None:
        async with asyncio.timeout(30):
            await self._process.wait()
            await self._reading
        self._process._transport.close()  # type: ignore[attr-defined]  # else its pipes warn when collected

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := (await self._process.stdout.readline()).decode():
            partition, offset, key, value = line.rstrip("\n").split(" ", 3)
            self.seen.append((int(partition), int(offset), key, value))


class _KafkaRig:
    def __init__(self, bootstrap: str, profile: BrokerProfile, **security: str) -> None:
        self.bootstrap = bootstrap
        self.profile = profile
        self._security = security
        self.kafka = KafkaBus(kafka_settings(bootstrap, profile, **security), client_id="suite")
        self.bus: Bus = self.kafka

    async def member(self, group: str, topic: str) -> Member:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.shared.bus_member", self.bootstrap, self.profile, group, topic),
            stdout=asyncio.subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            | {"SECURITY": json.dumps(self._security)},
        )
        return ProcessMember(process)


class EmbeddedRig(_KafkaRig):
    def __init__(self, broker: BrokerProcess) -> None:
        super().__init__(broker.bootstrap, BrokerProfile.EMBEDDED)
        self.broker = broker

    async def topic(self, partitions: int = 2, name: str | None = None) -> str:
        name = name or f"suite.{uuid4().hex[:8]}"
        await self.broker.order(f"topic {name} {partitions}")
        return name

    async def down(self) -> None:
        await self.broker.down()

    async def up(self) -> None:
        await self.broker.up()


class RealRig(_KafkaRig):
    """Its listener lies behind a forwarder that can be cut."""

    def __init__(self, ports: Ports, **security: str) -> None:
        assert ports.forwarded is not None
        self._behind, before = ports.forwarded
        super().__init__(f"127.0.0.1:{before}", BrokerProfile.STANDARD, **security)
        self.forwarder = Forwarder(before)

    async def topic(self, partitions: int = 2, name: str | None = None) -> str:
        name = name or f"suite.{uuid4().hex[:8]}"
        await self.kafka.ask("create_topics", [NewTopic(name, partitions, 1)])
        return name

    async def down(self) -> None:
        await self.forwarder.down()

    async def up(self) -> None:
        await self.forwarder.up(self._behind)


@asynccontextmanager
async def embedded_rig() -> AsyncIterator[EmbeddedRig]:
    broker = BrokerProcess()
    await broker.start()
    rig = EmbeddedRig(broker)
    try:
        yield rig
    finally:
        await rig.kafka.close()
        await broker.stop()


@asynccontextmanager
async def real_rig(folder: Path, version: str | None = None) -> AsyncIterator[RealRig]:
    """A node of its own, so that it may be cut off. `version`: a release of Kafka, else the chosen one."""
    ports = Ports(client=free_port(), controller=free_port(), forwarded=(free_port(), free_port()))
    server = KafkaServer(folder, ports, version=version)
    await asyncio.to_thread(server.start)
    rig = RealRig(ports)
    try:
        await rig.up()
        yield rig
    finally:
        await rig.kafka.close()
        await rig.down()
        await asyncio.to_thread(server.kill)


@asynccontextmanager
async def secure_rig(folder: Path, by: Literal["password", "certificate"]) -> AsyncIterator[RealRig]:
    """The same on a guarded node: over SASL_SSL, or over TLS with a client certificate. Its user may use any topic."""
    ports = Ports(client=free_port(), controller=free_port(), forwarded=(free_port(), free_port()))
    kafka = SecureKafka(folder, ports, certificates=free_port(), forwarded_by=by)
    anything = (*Operation,)
    rules = [Rule(Kind.TOPIC, "*", anything), Rule(Kind.GROUP, "*", (Operation.READ, Operation.DESCRIBE))]
    try:
        await asyncio.to_thread(kafka.start)
        await asyncio.to_thread(kafka.add_user, "suite", rules)
        rig = RealRig(ports, **security(kafka.settings_for("suite", by=by)))
        await rig.up()
        yield rig
        await rig.kafka.close()
        await rig.down()
    finally:
        await asyncio.to_thread(kafka.kill)


def a_message(topic: str, key: str, value: str) -> Message:
    return Message(topic, key.encode(), value.encode(), [("kind", b"suite")], 1_700_000_000_000)
