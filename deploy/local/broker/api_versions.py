"""What the embedded cluster says of the protocol's versions, set right for clients in Java.

librdkafka's mock cluster (2.16) answers a request for the versions in a form newer than it knows with bytes that a Java
client takes for an order to keep silent for twenty minutes; and it announces versions that it cannot read. So whoever
asks in a new form is answered here, asks again in an old one, and is told the last versions that work.
"""

import struct

HEAD = struct.Struct(">ihhi")
"""How a request begins: size (without its own four bytes), kind, version, correlation id."""
_ASK, _KNOWN, _UNSUPPORTED = 18, 2, 35
_WORKING = {11: 5, 12: 3, 13: 1, 14: 3}
"""The last version that works, by kind of request: JoinGroup, Heartbeat, LeaveGroup, SyncGroup. Of a later SyncGroup
the cluster dies."""


def refusal(head: bytes) -> bytes | None:
    """The answer to a request for the versions in a form that is too new; nothing for any other request."""
    _, kind, version, correlation = HEAD.unpack(head)
    if kind != _ASK or version <= _KNOWN:
        return None
    answer = struct.pack(">ihihhh", correlation, _UNSUPPORTED, 1, _ASK, 0, _KNOWN)
    return struct.pack(">i", len(answer)) + answer


def capped(answer: bytes) -> bytes:
    """The cluster's answer (without its size) with no version that does not work."""
    _, _, count = struct.unpack_from(">ihi", answer)  # after correlation id and error
    told = bytearray(answer)
    for place in range(10, 10 + 6 * count, 6):
        kind, low, high = struct.unpack_from(">hhh", answer, place)
        struct.pack_into(">hhh", told, place, kind, low, min(high, _WORKING.get(kind, high)))
    return bytes(told)
