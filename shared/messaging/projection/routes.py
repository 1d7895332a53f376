"""Routes of a consumer: which nouns a service follows, and the hook of each."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import asyncpg

from shared.contracts.catalogue import TOPICS
from shared.contracts.envelope import STATES, Envelope, State
from shared.errors import DomainError, ErrorKind
from shared.messaging.context import PlainContext

S = TypeVar("S", bound=State)


class Enveloped(Protocol):
    """Anything that carries the attributes of an event."""

    @property
    def envelope(self) -> Envelope: ...


@dataclass(frozen=True, slots=True)
class Change(Generic[S]):
    """Change of one aggregate in a batch: its newest state, and the one it replaces (None: never seen).

    `reckoned`: what the route's `reckon` makes of the two.
    """

    old: S | None
    new: S
    event: Enveloped
    reckoned: Any = None

    @property
    def id(self) -> str:
        return self.new.subject

    @property
    def envelope(self) -> Envelope:
        """Attributes of the event that brought the new state."""
        return self.event.envelope


@dataclass(frozen=True)
class ConsumerContext(PlainContext):
    """The context of a hook: a UseCaseContext in the batch's transaction, and what set-based writers need.

    `raw` is the asyncpg connection under `session`, in the same transaction: `raw.fetch`, `raw.execute`,
    `raw.copy_records_to_table`. `slot` is the generation being written, 0 or 1; tables that are rebuilt carry it in
    their key (`shared.messaging.rebuild.rebuild`). `rebuilding` is true in a rebuild: write figures, announce nothing.
    """

    raw: asyncpg.Connection
    slot: int
    rebuilding: bool


Hook = Callable[[ConsumerContext, Sequence[Change[Any]]], Awaitable[None]]

Reckon = Callable[[Any, Any], Any]
"""A pure function of the old state (None: never seen) and the new one."""


class NotYetKnown(DomainError):
    """Refusal: the state refers to an aggregate that has not arrived. The record waits in `pending` until it does."""

    kind, code, title = ErrorKind.NOT_FOUND, "not_yet_known", "所涉及的数据尚未到达"
    advice = "请稍候再试"

    def __init__(self, noun: str, aggregate_id: object) -> None:
        super().__init__(aggregate_id)
        self.noun = noun
        self.aggregate_id = str(aggregate_id)


@dataclass(frozen=True)
class Route:
    """Route of a noun: its states are kept in `projected_states`; `hook`, if any, runs with the winners of each batch.

    `forgotten`, if any, runs with the aggregates whose states were removed, for their owner does not know them any
    more: `old` is what was held.
    Within a batch nouns are handled in the order of the routes, each noun's states stored before its hook runs.
    `reckon`: what the hook needs of the old and the new state alone; it is computed while the database stores.
    """

    noun: str
    hook: Hook | None = None
    forgotten: Hook | None = None
    reckon: Reckon | None = None

    def __post_init__(self) -> None:
        if self.noun not in STATES or self.noun not in TOPICS:
            raise ValueError(f"no contract names the noun {self.noun}")
