"""The embedded bus: librdkafka's mock cluster behind a fixed port, kept in memory. For `make run` and the tests only.

`python -m deploy.local.broker --port 9092 [--prefix P] [--control]` prints `ready 127.0.0.1:9092`. With `--control` it
takes orders on standard input, one a line, answers each with `ok` or `error …`, and ends with the input: `down`
(connections cut and refused), `up`, `replace` (a new empty cluster), `rtt MS`, `fail API_KEY ERROR COUNT` (the next
COUNT requests of that kind get the Kafka error code), `topic NAME PARTITIONS`.
"""

import argparse
import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import confluent_kafka

from deploy.local.broker import api_versions
from shared.contracts.catalogue import TOPICS

HOST = "127.0.0.1"
_PRODUCER = 0
_ALL_BROKERS = -1
_CHUNK = 1 << 18


def _library() -> ctypes.CDLL:
    folder = Path(confluent_kafka.__file__).parent.parent / "confluent_kafka.libs"
    found = sorted(folder.glob("librdkafka-*.so*"))
    if not found:
        raise SystemExit(f"broker: the wheel of confluent-kafka brought no librdkafka in {folder}")
    library = ctypes.CDLL(str(found[0]))
    library.rd_kafka_conf_new.restype = ctypes.c_void_p
    library.rd_kafka_conf_set.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_size_t,
    ]
    library.rd_kafka_new.restype = ctypes.c_void_p
    library.rd_kafka_new.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    library.rd_kafka_destroy.argtypes = [ctypes.c_void_p]
    library.rd_kafka_mock_cluster_new.restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_new.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.rd_kafka_mock_cluster_destroy.argtypes = [ctypes.c_void_p]
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    library.rd_kafka_mock_cluster_bootstraps.argtypes = [ctypes.c_void_p]
    library.rd_kafka_mock_group_initial_rebalance_delay_ms.argtypes = [ctypes.c_void_p, ctypes.c_int32]
    library.rd_kafka_mock_broker_set_host_port.argtypes = [
        ctypes.c_void_p,
        ctypes.c_int32,
        ctypes.c_char_p,
        ctypes.c_int,
    ]
    library.rd_kafka_mock_topic_create.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
    library.rd_kafka_mock_broker_set_rtt.argtypes = [ctypes.c_void_p, ctypes.c_int32, ctypes.c_int]
    library.rd_kafka_mock_push_request_errors_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_int16,
        ctypes.c_size_t,
        ctypes.POINTER(ctypes.c_int),
    ]
    return library


class MockCluster:
    """One broker of librdkafka's mock cluster with every topic of the catalogue, advertised at `port`."""

    def __init__(self, *, port: int, prefix: str = "") -> None:
        self._library = _library()
        error = ctypes.create_string_buffer(512)
        conf = self._library.rd_kafka_conf_new()
        self._library.rd_kafka_conf_set(conf, b"log_level", b"3", error, len(error))  # else it warns about itself
        self._owner = self._library.rd_kafka_new(_PRODUCER, conf, error, len(error))
        if not self._owner:
            raise SystemExit(f"broker: {error.value.decode()}")
        self._cluster = self._library.rd_kafka_mock_cluster_new(self._owner, 1)
        self._library.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        address: str = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        self.port = int(address.rsplit(":", 1)[1])
        # A broker that comes back on another port is never found again by its clients: they keep what it told them.
        self._library.rd_kafka_mock_broker_set_host_port(self._cluster, 1, HOST.encode(), port)
        for topic in TOPICS.values():
            self.create_topic(prefix + topic.name, topic.embedded_partitions)

    def create_topic(self, name: str, partitions: int) -> None:
        code = self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1)
        if code:
            raise ValueError(f"topic {name} could not be created: error {code}")

    def set_round_trip(self, milliseconds: int) -> None:
        """Every answer is delayed by so much."""
        self._library.rd_kafka_mock_broker_set_rtt(self._cluster, _ALL_BROKERS, milliseconds)

    def fail_next(self, api_key: int, error: int, count: int) -> None:
        """The next `count` requests of that kind are answered with a Kafka error code."""
        self._library.rd_kafka_mock_push_request_errors_array(
            self._cluster, api_key, count, (ctypes.c_int * count)(*[error] * count)
        )

    def close(self) -> None:
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._owner)


class Forwarder:
    """A fixed port in front of the cluster's own, which nobody can choose."""

    def __init__(self, port: int, *, corrects_versions: bool = False) -> None:
        self._port = port
        self._versions = corrects_versions
        self._target = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def up(self, target: int) -> None:
        self._target = target
        if self._server is None:
            self._server = await asyncio.start_server(self._forward, HOST, self._port, limit=_CHUNK)

    async def down(self) -> None:
        """Refuses connections and cuts the present ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in tuple(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection(HOST, self._target, limit=_CHUNK)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there_writer}
        try:
            await self._greet(reader, writer, there_reader, there_writer)
            await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))
        finally:
            self._open -= {writer, there_writer}

    async def _greet(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there_reader: asyncio.StreamReader,
        there_writer: asyncio.StreamWriter,
    ) -> None:
        """The first words of a connection, which are about versions."""
        with suppress(asyncio.IncompleteReadError, OSError):
            head = await reader.readexactly(api_versions.HEAD.size)
            refusal = api_versions.refusal(head) if self._versions else None
            if refusal is None:
                there_writer.write(head)
                return
            await reader.readexactly(int.from_bytes(head[:4], "big") - api_versions.HEAD.size + 4)
            writer.write(refusal)
            again = await reader.readexactly(4)
            there_writer.write(again + await reader.readexactly(int.from_bytes(again, "big")))
            size = await there_reader.readexactly(4)
            writer.write(size + api_versions.capped(await there_reader.readexactly(int.from_bytes(size, "big"))))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                writer.write(data)
                await writer.drain()
        writer.close()


class Broker:
    """The cluster, its port and the orders it takes."""

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

    async def obey(self, order: str) -> str:
        """Carries out one order; the answer is `ok` or begins with `error`."""
        name, *arguments = order.split()
        orders: dict[str, Callable[..., Any]] = {
            "down": self._forwarder.down,
            "up": lambda: self._forwarder.up(self._cluster.port),
            "replace": self._replace,
            "rtt": lambda ms: self._cluster.set_round_trip(int(ms)),
            "fail": lambda key, error, count: self._cluster.fail_next(int(key), int(error), int(count)),
            "topic": lambda topic, partitions: self._cluster.create_topic(topic, int(partitions)),
        }
        try:
            done = orders[name](*arguments)
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


async def _serve(port: int, prefix: str, control: bool) -> None:
    broker = Broker(port, prefix)
    try:
        await broker.start()
    except OSError as error:
        raise SystemExit(f"broker: port {port} of {HOST} is taken or not allowed ({error.strerror})") from error
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"ready {HOST}:{port}", flush=True)
    orders = asyncio.create_task(_take_orders(broker, stop)) if control else None
    await stop.wait()
    if orders is not None:
        orders.cancel()
    await broker.stop()


async def _take_orders(broker: Broker, stop: asyncio.Event) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().strip():
        print(await broker.obey(line), flush=True)
    stop.set()


def main() -> None:
    parser = argparse.ArgumentParser(prog="deploy.local.broker", description="the embedded bus")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--prefix", default="", help="put before every topic of the catalogue")
    parser.add_argument("--control", action="store_true", help="take orders on standard input")
    arguments = parser.parse_args()
    asyncio.run(_serve(arguments.port, arguments.prefix, arguments.control))
    sys.stdout.flush()
    os._exit(0)  # librdkafka's threads would hold the process for seconds


if __name__ == "__main__":
    main()
