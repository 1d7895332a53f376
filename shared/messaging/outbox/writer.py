"""Transactional outbox: a fact is announced as a row in the caller's own transaction, and in no other way."""

from collections import Counter as Tally
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any
from zlib import crc32

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.contracts.catalogue import counted_as
from shared.contracts.envelope import MAX_STATE_BYTES, Fact, noun_of
from shared.db.session import row_session
from shared.ids import event_id
from shared.messaging.outbox.position import Position
from shared.messaging.outbox.tables import OUTBOX, SHARDS
from shared.observability import metrics


class OutboxMisuse(RuntimeError):
    """Programming error: a fact that may not be announced. Never a caller's fault."""


def shard_of(key: str) -> int:
    """Shard of a key: all events of one aggregate lie in one shard, so that one relay sends them in order."""
    return crc32(key.encode()) % SHARDS


def outbox_row(
    fact: Fact[Any], *, owner: str, clock: Clock, revision: int = 0, traceparent: str | None = None
) -> dict[str, Any]:
    """Columns of one outbox row, for hot paths that insert many at once. Raises OutboxMisuse.

    Ids of one aggregate must be commit-ordered: hold its row's lock, or compare-and-set it, before the insert.
    """
    type_ = fact.type
    noun, belongs = _of_type(type_)
    if belongs != owner:
        raise OutboxMisuse(f"{owner} may not announce {type_}: it belongs to {belongs}")
    state = fact.state
    payload = fact.__pydantic_serializer__.to_json(fact)
    key = state.subject
    if len(payload) > MAX_STATE_BYTES:
        raise OutboxMisuse(f"{type_} of {key} has {len(payload)} bytes, more than {MAX_STATE_BYTES}")
    sequence = state.version
    if sequence < 1:
        raise OutboxMisuse(f"{type_} of {key} has version {sequence}: versions begin at 1")
    return {
        "event_id": event_id(key, sequence, revision, type_),
        "shard": shard_of(key),
        "noun": noun,
        "key": key,
        "type": type_,
        "schema_version": fact.schema_version,
        "sequence": sequence,
        "revision": revision,
        "occurred_at": clock.now(),
        "payload": payload,
        "traceparent": traceparent,
    }


@cache
def _of_type(type_: str) -> tuple[str, str]:
    """Noun and owner of a type of facts."""
    return noun_of(type_), type_.split(".", 1)[0]


@cache
def _added(noun: str) -> Counter:
    return metrics.OUTBOX_ADDED.labels(counted_as(noun))


class Outbox:
    """Outbox of one transaction: its facts are rows that the transaction inserts with its last statement."""

    def __init__(self, session: AsyncSession, *, owner: str, clock: Clock, traceparent: str | None = None) -> None:
        self._session = session
        self._owner = owner
        self._clock = clock
        self._traceparent = traceparent

    def add(self, fact: Fact[Any], *, revision: int = 0, aside: bool = False) -> None:
        """Announce a fact with the caller's commit. `revision` is the run's number when the fact is `restated`.

        `aside`: it follows from what the caller did, who may not know of it; it stands in no position.

        One aggregate version has one fact: a second one for the same version raises OutboxMisuse, as do a fact of
        another owner and a state of more than 64 KiB. What a savepoint took back was not said.
        """
        self._add((fact,), revision=revision, aside=aside)

    def add_all(self, facts: Iterable[Fact[Any]]) -> None:
        """Announce facts of many aggregates, in this order, each as `add` does."""
        self._add(facts)

    def _add(self, facts: Iterable[Fact[Any]], *, revision: int = 0, aside: bool = False) -> None:
        beneath = row_session(self._session)
        noted, rows = beneath.noted, []
        for fact in facts:
            row = outbox_row(
                fact, owner=self._owner, clock=self._clock, revision=revision, traceparent=self._traceparent
            )
            version = (row["noun"], row["key"], row["sequence"], revision)
            if version in noted:
                raise OutboxMisuse(f"{fact.type} of {row['key']}: version {row['sequence']} has its fact already")
            noted[version] = aside, fact.state.channel.known_by
            rows.append(row)
        for noun, count in Tally(row["noun"] for row in rows).items():
            _added(noun).inc(count)
        beneath.rows.add(OUTBOX, rows)

    def position(self, permissions: Collection[str]) -> Position:
        """Position of what was added so far, for a caller who was let do it by these permissions.

        What it takes another permission to know of is left out: the length of a position tells how much it names.
        """
        return Position.of(
            (noun, key, sequence)
            for (noun, key, sequence, _), (aside, known_by) in row_session(self._session).noted.items()
            if not aside and (known_by is None or known_by in permissions)
        )
