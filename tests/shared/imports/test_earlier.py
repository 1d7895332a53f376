"""What stood further up in a table: counted as a plain count would, in the memory that is promised."""

import random
import tracemalloc
from collections import Counter

from shared.imports.intake import Earlier


def test_it_counts_as_a_plain_count_does() -> None:
    chance = random.Random(20261201)
    digests = [chance.randbytes(32) for _ in range(3_000)] + [bytes(32), (1).to_bytes(8) + bytes(24)]
    earlier, plain = Earlier(), Counter[bytes]()
    for _ in range(20_000):
        digest = chance.choice(digests)
        key = digest[:8] if any(digest[:8]) else (1).to_bytes(8)
        assert earlier.count(digest) == plain[key]
        plain[key] += 1


def test_two_digests_that_fall_into_one_place_are_two() -> None:
    earlier = Earlier()
    one, other = (5).to_bytes(8), (5 + (1 << 40)).to_bytes(8)
    assert [earlier.count(digest) for digest in (one, other, one, other, one)] == [0, 0, 1, 1, 2]


def test_two_hundred_thousand_take_a_few_mebibytes() -> None:
    chance = random.Random(1)
    tracemalloc.start()
    try:
        earlier = Earlier()
        for _ in range(200_000):
            earlier.count(chance.randbytes(8))
        grown, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 5 << 20
    assert peak < 8 << 20
