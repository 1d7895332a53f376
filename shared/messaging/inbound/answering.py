"""Answering of inbound events by a service that remembers what it said: the same event has the same answer."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from shared.contracts.county.answers import InboundStatus
from shared.contracts.envelope import Fact
from shared.db import buckets
from shared.errors import DomainError
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.data import Submitted
from shared.messaging.inbound.event import Refusal, Rejected
from shared.messaging.inbound.outcomes import O, OutcomeColumns, OutcomeRepository, coalesced_outcome_id, outcome_id
from shared.messaging.inbound.receiver import Arrival, Known

REMEMBERED = 10_000
"""Refused events of one source that are remembered one by one; what comes beyond is coalesced."""
TOLD_PER_MINUTE = 60
"""Further answers of one outcome that are announced one by one; what comes beyond is counted and told with the next."""
REPEATED_PER_MINUTE = 600
"""Answers of one source that are given once more to the same events, one by one."""
NEVER_REMEMBERED = frozenset({"rate_exceeded", "id_reused"})
"""Refusals that say nothing of the event itself: another answer to the same id may stand, or is still to come."""

M = TypeVar("M")


class Step(StrEnum):
    """What is announced of an outcome."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPEATED = "repeated"


class Answering(ABC, Generic[O, M]):
    """Receiver (`Receiver`) of one noun, for one record's transaction. `M`: what an accepted event was made into.

    `namespace` is that of the outcomes' identities; `refusals` are the rules' errors, each with the code it is told by.
    """

    namespace: ClassVar[UUID]
    refusals: ClassVar[Mapping[type[DomainError], Refusal]]

    def __init__(self, context: UseCaseContext, outcomes: OutcomeRepository[O]) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._outcomes = outcomes
        self._outcome: O | None = None

    @abstractmethod
    async def accept(self, arrival: Arrival, found: Submitted) -> M:
        """Do what the event asks for. Raises the errors in `refusals`; what was done is then undone."""

    @abstractmethod
    def new(self, identity: UUID) -> O:
        """An outcome that says nothing yet."""

    @abstractmethod
    def note(self, outcome: O, made: M | None) -> None:
        """Write into the outcome what the event was made into; None: it was rejected."""

    @abstractmethod
    def fact(self, step: Step, outcome: O) -> Fact[Any]:
        """The event that announces it."""

    async def known(self, arrival: Arrival) -> Known:
        """Whether this record, or this event, was answered before."""
        self._outcome = await self._outcomes.locked(self._identity(arrival))
        if self._outcome is None:
            return Known.NEW
        if not arrival.again and _is_redelivered(arrival, self._outcome):
            return Known.REDELIVERED
        settled = self._outcome.final and not self._outcome.coalesced and not arrival.again
        return Known.ANSWERED if settled else Known.OPEN

    async def answer(self, arrival: Arrival, found: Submitted | Rejected) -> Rejected | None:
        """Answer the event; returned is the rejection, None if it was accepted or answered before.

        A final answer stands: the same content is given it once more, another content under the same id is rejected.
        What is open, or replayed by an operator, is judged anew.
        """
        outcome = self._outcome
        if outcome is not None and outcome.final and not outcome.coalesced and not arrival.again:
            if _is_same(outcome, arrival, found):
                await self._repeat(outcome, arrival)
                return None
            return await self._coalesce(arrival, Rejected("id_reused"))
        if outcome is not None and outcome.status == InboundStatus.ACCEPTED:
            return None  # replayed, although it was accepted
        made, rejected = await self._judge(arrival, found)
        if outcome is not None and arrival.again and rejected is not None and rejected.code == outcome.code:
            return rejected
        if rejected is not None and not await self._is_remembered(arrival, rejected):
            return await self._coalesce(arrival, rejected)
        await self._write(None if outcome is None or outcome.coalesced else outcome, arrival, found, made, rejected)
        return rejected

    async def _judge(self, arrival: Arrival, found: Submitted | Rejected) -> tuple[M | None, Rejected | None]:
        if isinstance(found, Rejected):
            return None, found
        try:
            async with self._session.begin_nested():
                return await self.accept(arrival, found), None
        except DomainError as refused:
            refusal = self.refusals.get(type(refused))
            if refusal is None:
                raise
            return None, Rejected(refusal.code, final=refusal.final, by_rule=True)

    async def _is_remembered(self, arrival: Arrival, rejected: Rejected) -> bool:
        """Whether a refused event has an outcome of its own: not if it cannot be named, nor if there are too many."""
        if arrival.source is None or arrival.event_id is None or rejected.code in NEVER_REMEMBERED:
            return False
        if self._outcome is not None:
            return True
        return await self._outcomes.refused(arrival.topic, arrival.source, REMEMBERED) < REMEMBERED

    async def _write(
        self,
        outcome: O | None,
        arrival: Arrival,
        found: Submitted | Rejected,
        made: M | None,
        rejected: Rejected | None,
    ) -> None:
        """A new answer, or one in place of what was open."""
        if outcome is None:
            outcome = self._begun(self._identity(arrival), repeats=0, coalesced=False)
            outcome.request_source, outcome.request_id = arrival.source, arrival.event_id
            self._outcomes.add(outcome)
        elif not arrival.again:
            outcome.repeats += 1  # the same event was sent again
        _note_record(outcome, arrival)
        outcome.status = InboundStatus.ACCEPTED if rejected is None else InboundStatus.REJECTED
        outcome.code = None if rejected is None else rejected.code
        outcome.final = rejected is None or rejected.final
        outcome.digest_key, outcome.data_digest = arrival.content[0].key_id, arrival.content[0].digest
        outcome.content_digest = found.content[0].digest if isinstance(found, Submitted) else None
        self.note(outcome, made)
        self._tell(Step.ACCEPTED if rejected is None else Step.REJECTED, outcome, answered=True)

    async def _repeat(self, outcome: O, arrival: Arrival) -> None:
        """The answer once more; in a flood it is counted, and told with a later one."""
        if await self._flooded("inbound_repeated", f"{arrival.topic}:{arrival.source}", REPEATED_PER_MINUTE):
            outcome.untold += 1
            return
        _note_record(outcome, arrival)
        outcome.repeats, outcome.untold = outcome.repeats + outcome.untold + 1, 0
        self._tell(Step.REPEATED, outcome)

    async def _coalesce(self, arrival: Arrival, rejected: Rejected) -> Rejected | None:
        """One answer to all of a partition and source that are refused for this reason; another one may stand."""
        identity = coalesced_outcome_id(self.namespace, arrival.topic, arrival.partition, arrival.source, rejected.code)
        outcome = await self._outcomes.locked(identity)
        if outcome is not None and not arrival.again and _is_redelivered(arrival, outcome):
            return None
        if outcome is not None and await self._flooded("inbound_refused", str(identity), TOLD_PER_MINUTE):
            outcome.untold += 1
            return rejected
        if outcome is None:
            outcome = self._begun(identity, repeats=-1, coalesced=True)
            outcome.request_source = arrival.source
            outcome.status, outcome.code, outcome.final = InboundStatus.REJECTED, rejected.code, rejected.final
            self.note(outcome, None)
            self._outcomes.add(outcome)
        _note_record(outcome, arrival)
        outcome.request_id, outcome.request_id_masked = arrival.event_id, arrival.masked_id
        outcome.digest_key, outcome.data_digest = arrival.content[0].key_id, arrival.content[0].digest
        outcome.repeats, outcome.untold = outcome.repeats + outcome.untold + 1, 0
        self._tell(Step.REJECTED, outcome, answered=True)
        return rejected

    def _begun(self, identity: UUID, *, repeats: int, coalesced: bool) -> O:
        outcome = self.new(identity)
        outcome.repeats, outcome.untold, outcome.coalesced, outcome.version = repeats, 0, coalesced, 0
        return outcome

    def _tell(self, step: Step, outcome: O, *, answered: bool = False) -> None:
        if answered:
            outcome.answered_at = self._clock.now()
        outcome.version += 1
        self._outbox.add(self.fact(step, outcome))

    async def _flooded(self, name: str, caller: str, per_minute: int) -> bool:
        return await buckets.take(self._session, name, caller, per_minute, self._clock.now()) is not None

    def _identity(self, arrival: Arrival) -> UUID:
        """Identity of the event's outcome; of one that cannot be named, that of all which are refused like it."""
        if arrival.source is None or arrival.event_id is None:
            code = arrival.problem or ""
            return coalesced_outcome_id(self.namespace, arrival.topic, arrival.partition, arrival.source, code)
        return outcome_id(self.namespace, arrival.topic, arrival.source, arrival.event_id)


def _note_record(outcome: OutcomeColumns, arrival: Arrival) -> None:
    if arrival.again and outcome.version:
        return  # an old record, replayed: what came after it was answered too
    outcome.topic, outcome.partition, outcome.offset = arrival.topic, arrival.partition, arrival.offset
    outcome.cluster_id = arrival.cluster_id or outcome.cluster_id or ""


def _is_redelivered(arrival: Arrival, outcome: OutcomeColumns) -> bool:
    """The record that was answered, or one before it: a consumer that began again reads it once more."""
    here = (arrival.cluster_id, arrival.topic, arrival.partition)
    return here == (outcome.cluster_id, outcome.topic, outcome.partition) and arrival.offset <= outcome.offset


def _is_same(outcome: OutcomeColumns, arrival: Arrival, found: Submitted | Rejected) -> bool:
    """Whether the event says what it said the first time. If the key is gone nobody can know: then it does."""
    came = {key.key_id: key.digest for key in arrival.content}
    if outcome.digest_key not in came or came[outcome.digest_key] == outcome.data_digest:
        return True
    if outcome.content_digest is None or isinstance(found, Rejected):
        return False
    return any(key.digest == outcome.content_digest for key in found.content if key.key_id == outcome.digest_key)
