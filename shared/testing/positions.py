"""Positions as processes under test give them out and take them."""

from shared.crypto.keyring import KeyRing
from shared.messaging.outbox.position import Position, Positions
from shared.settings import parse_keys
from shared.testing.settings import VALUES

POSITIONS = Positions(KeyRing(parse_keys(VALUES["position_keys"], length=16, name="position_keys")))


def a_position(*entries: tuple[str, str, int]) -> str:
    """The sealed position of these `(noun, id, sequence)`."""
    return POSITIONS.seal(Position.of(entries))
