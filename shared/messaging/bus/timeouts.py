"""Time-outs of the Kafka clients, and what must hold between them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeouts:
    """Time-outs in seconds. With a request time-out below the rebalance time-out aiokafka never rejoins its group."""

    session: float
    heartbeat: float
    rebalance: float
    request: float
    fetch_wait: float
    admin: float = 5.0
    max_poll: float = 300.0

    def __post_init__(self) -> None:
        if not self.request > self.rebalance >= self.session > 3 * self.heartbeat:
            raise ValueError("Kafka time-outs must satisfy request > rebalance >= session > 3 x heartbeat")


STANDARD = Timeouts(session=30, heartbeat=3, rebalance=45, request=60, fetch_wait=0.5)
"""For Apache Kafka."""
