"""Our partitioner is Kafka's: another client that writes the same key finds the same partition."""

from aiokafka.partitioner import murmur2 as theirs
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.bus.partitioner import murmur2, partition_of


@given(st.binary(max_size=400))
def test_the_hash_is_that_of_aiokafka(key: bytes) -> None:
    assert murmur2(key) == theirs(key)


def test_known_keys_lie_where_the_java_client_puts_them() -> None:
    """Values of Apache Kafka's own UtilsTest.testMurmur2."""
    assert murmur2(b"21") == -973932308 & 0xFFFFFFFF
    assert murmur2(b"foobar") == -790332482 & 0xFFFFFFFF
    assert murmur2(b"a-little-bit-long-string") == -985981536 & 0xFFFFFFFF
    assert murmur2(b"a-little-bit-longer-string") == -1486304829 & 0xFFFFFFFF
    assert murmur2(b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8") == -58897971 & 0xFFFFFFFF
    assert murmur2(b"abc") == 479470107


def test_partitions_are_within_range() -> None:
    assert {partition_of(str(n).encode(), 4) for n in range(100)} == {0, 1, 2, 3}
