"""ApiVersions of the embedded broker, corrected for clients in Java.

librdkafka's mock cluster (2.16) answers an ApiVersions request that is newer than it knows with bytes that a client in
Java reads as a throttle time of twenty minutes; and it announces versions that it cannot read. So a client that asks in
a new version is answered here, asks again in an old one, and gets the last versions that work.
"""

import struct

HEAD = struct.Struct(">ihhi")
"""Header of a request: size (without its own four bytes), kind, version, correlation id."""
_ASK, _KNOWN, _UNSUPPORTED = 18, 2, 35
_WORKING = {11: 5, 12: 3, 13: 1, 14: 3}
"""The last version that works, by kind of request: JoinGroup, Heartbeat, LeaveGroup, SyncGroup. Of a later SyncGroup
the cluster dies."""


def refusal(head: bytes) -> bytes | None:
    """The answer to an ApiVersions request of a version that is too new; None for any other request."""
    _, kind, version, correlation = HEAD.unpack(head)
    if kind != _ASK or version <= _KNOWN:
        return None
    answer = struct.pack(">ihihhh", correlation, _UNSUPPORTED, 1, _ASK, 0, _KNOWN)
    return struct.pack(">i", len(answer)) + answer


def capped(answer: bytes) -> bytes:
    """The cluster's ApiVersions answer (without its size), limited to the versions that work."""
    _, _, count = struct.unpack_from(">ihi", answer)  # after correlation id and error
    limited = bytearray(answer)
    for place in range(10, 10 + 6 * count, 6):
        kind, low, high = struct.unpack_from(">hhh", answer, place)
        struct.pack_into(">hhh", limited, place, kind, low, min(high, _WORKING.get(kind, high)))
    return bytes(limited)
