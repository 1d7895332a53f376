"""librdkafka's mock cluster as one Kafka broker in memory, with every topic of the catalogue."""

import ctypes
from pathlib import Path

import confluent_kafka

from deploy.loopback import HOST
from shared.contracts.catalogue import TOPICS

_PRODUCER = 0
_ALL_BROKERS = -1


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
        # A broker that comes back on another port is never found again by its clients: they keep its first address.
        self._library.rd_kafka_mock_broker_set_host_port(self._cluster, 1, HOST.encode(), port)
        for topic in TOPICS.values():
            self.create_topic(prefix + topic.name, topic.embedded_partitions)

    def create_topic(self, name: str, partitions: int) -> None:
        """Adds a topic. Raises ValueError."""
        code = self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1)
        if code:
            raise ValueError(f"topic {name} could not be created: error {code}")

    def set_round_trip(self, milliseconds: int) -> None:
        """Delays every answer by so much."""
        self._library.rd_kafka_mock_broker_set_rtt(self._cluster, _ALL_BROKERS, milliseconds)

    def fail_next(self, api_key: int, error: int, count: int) -> None:
        """The next `count` requests of that kind are answered with a Kafka error code."""
        self._library.rd_kafka_mock_push_request_errors_array(
            self._cluster, api_key, count, (ctypes.c_int * count)(*[error] * count)
        )

    def close(self) -> None:
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._owner)
