"""Receiver of inbound events: what a service is told of each record, and what it must answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shared.crypto.jwe import InboundKeys
from shared.crypto.service import BlindKey
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.data import Submitted
from shared.messaging.inbound.event import Rejected


class Known(StrEnum):
    """Deduplication result: what a service knows of an event before its data are read."""

    NEW = "new"
    OPEN = "open"  # rejected for the moment: it is judged anew
    ANSWERED = "answered"  # the answer stands
    REDELIVERED = "redelivered"  # this very record was answered: nothing is to be done


@dataclass(frozen=True, slots=True, repr=False)
class Arrival:
    """Inbound record as a service sees it. `source` and `event_id` are set if they are trusted (see Event).

    `masked_id`: what may be repeated of an id that is not. `problem`: the code with which it is rejected whatever its
    data say. `content`: keyed digests of its data as they came. `again`: an operator replays it.
    """

    noun: str
    topic: str
    partition: int
    offset: int
    cluster_id: str
    source: str | None
    event_id: str | None
    masked_id: str | None
    problem: str | None
    content: tuple[BlindKey, ...]
    again: bool = False

    def __repr__(self) -> str:
        return f"Arrival({self.topic}/{self.partition}/{self.offset})"


class Receiver(Protocol):
    """Handler of inbound events in a service, inside the record's transaction."""

    async def known(self, arrival: Arrival) -> Known:
        """Whether the event is known. Locks it against other transactions that answer it, until this one ends."""
        ...

    async def answer(self, arrival: Arrival, found: Submitted | Rejected) -> Rejected | None:
        """Accept or reject the event, store and announce the answer. None: accepted, or answered before."""
        ...


Receivers = Mapping[str, Callable[[UseCaseContext], Receiver]]
"""By noun, how a transaction's receiver is made."""


@dataclass(frozen=True)
class InboundDoor:
    """Configuration of a service's inbound events, handed in by its composition root."""

    receivers: Receivers
    keys: InboundKeys
    sources: frozenset[str]
    rate_per_minute: int
    max_bytes: int
