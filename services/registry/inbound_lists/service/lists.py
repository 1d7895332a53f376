"""Lists of departments (名单): each part is answered, and each of its rows; or it is answered why not."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import event

from services.registry.benefits.service.applying import BenefitApplying, Delivered, Said
from services.registry.inbound_lists.domain import (
    NEVER_REMEMBERED,
    REFUSALS,
    REMEMBERED,
    REPEATED_PER_MINUTE,
    TOLD_PER_MINUTE,
    Authorities,
    ListAreaUnknown,
    coalesced_outcome_id,
    followed,
    is_complete,
    list_outcome_id,
)
from services.registry.inbound_lists.models import ListOutcome
from services.registry.inbound_lists.repository import ListOutcomeRepository, ListSeriesRepository
from shared.clock import today
from shared.contracts.county.answers import InboundStatus
from shared.contracts.county.lists import ListPersonal, ListSubmitted
from shared.contracts.registry.list_outcomes import (
    ListOutcomeAccepted,
    ListOutcomeRejected,
    ListOutcomeRepeated,
    ListOutcomeState,
    RowOutcome,
)
from shared.db import buckets
from shared.errors import DomainError
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.data import Submitted
from shared.messaging.inbound.event import Rejected
from shared.messaging.inbound.receiver import Arrival, Known
from shared.observability import metrics


@dataclass(frozen=True, slots=True)
class Taken:
    """What an accepted part did."""

    part: ListSubmitted
    rows: list[RowOutcome]
    complete: bool
    missing: int


class InboundLists:
    """Receiver of `county.list`: one for each record's transaction (`shared.messaging.inbound.receiver`)."""

    def __init__(self, context: UseCaseContext, applying: BenefitApplying, authorities: Authorities) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._applying = applying
        self._authorities = authorities
        self._series = ListSeriesRepository(context.session)
        self._outcomes = ListOutcomeRepository(context.session)
        self._outcome: ListOutcome | None = None

    async def known(self, arrival: Arrival) -> Known:
        """Whether this record, or this event, was answered before."""
        self._outcome = await self._outcomes.locked(_outcome_id(arrival))
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
        taken, rejected = await self._take(arrival, found)
        if taken is not None:
            self._count_when_committed(taken)
        if outcome is not None and arrival.again and rejected is not None and rejected.code == outcome.code:
            return rejected
        if rejected is not None and not await self._is_remembered(arrival, rejected):
            return await self._coalesce(arrival, rejected)
        await self._write(None if outcome is None or outcome.coalesced else outcome, arrival, found, taken, rejected)
        return rejected

    async def _is_remembered(self, arrival: Arrival, rejected: Rejected) -> bool:
        """Whether a refused event has an outcome of its own: not if it cannot be named, nor if there are too many."""
        if arrival.source is None or arrival.event_id is None or rejected.code in NEVER_REMEMBERED:
            return False
        if self._outcome is not None:
            return True
        return await self._outcomes.refused(arrival.topic, arrival.source, REMEMBERED) < REMEMBERED

    async def _take(self, arrival: Arrival, found: Submitted | Rejected) -> tuple[Taken | None, Rejected | None]:
        if isinstance(found, Rejected):
            return None, found
        assert isinstance(found.submission, ListSubmitted)
        assert found.personal is None or isinstance(found.personal, ListPersonal)
        try:
            async with self._session.begin_nested():
                return await self._apply(arrival, found.submission, found.personal), None
        except DomainError as refused:
            code = REFUSALS.get(type(refused))
            if code is None:
                raise
            return None, Rejected(code)

    async def _apply(self, arrival: Arrival, part: ListSubmitted, personal: ListPersonal | None) -> Taken:
        source, kind = arrival.source or "", str(part.kind)
        self._authorities.require(source, part.kind, part.area)
        if not await self._series.is_known(part.area, on=today(self._clock)):
            raise ListAreaUnknown.at("area")
        known = await self._series.locked(source, kind, part.area)
        series = followed(known, part, today=today(self._clock))
        numbers = {} if personal is None else {one.row: one.number for one in personal.numbers}
        delivered = Delivered(source, part.kind, part.area, part.list_id, part.as_of)
        rows = await self._applying.apply(
            delivered,
            [
                Said(one.row, one.person_id, numbers.get(one.row), one.since, one.level, one.monthly_fen)
                for one in part.rows
            ],
        )
        complete = is_complete(series)
        missing = await self._applying.complete(delivered) if complete else 0
        await self._series.keep(source, kind, part.area, series, now=self._clock.now())
        return Taken(part, rows, complete, missing)

    def _count_when_committed(self, taken: Taken) -> None:
        """A transaction that is tried again would be counted twice otherwise: no savepoint follows this."""
        kind = str(taken.part.kind)

        def count(_: object) -> None:
            for row in taken.rows:
                metrics.LIST_ROWS.labels(kind, str(row.result)).inc()
            metrics.LIST_ROWS.labels(kind, "missing").inc(taken.missing)

        event.listen(self._session.sync_session, "after_commit", count, once=True)

    async def _write(
        self,
        outcome: ListOutcome | None,
        arrival: Arrival,
        found: Submitted | Rejected,
        taken: Taken | None,
        rejected: Rejected | None,
    ) -> None:
        """A new answer, or one in place of what was open."""
        if outcome is None:
            outcome = ListOutcome(id=_outcome_id(arrival), repeats=0, untold=0, coalesced=False, version=0)
            outcome.request_source, outcome.request_id = arrival.source, arrival.event_id
            self._outcomes.add(outcome)
        elif not arrival.again:
            outcome.repeats += 1  # the same event was sent again
        _note_record(outcome, arrival)
        outcome.status = InboundStatus.ACCEPTED if rejected is None else InboundStatus.REJECTED
        outcome.code = None if rejected is None else rejected.code
        outcome.final = rejected is None or rejected.final
        part = None if taken is None else taken.part
        outcome.kind, outcome.list_id = (None, None) if part is None else (str(part.kind), part.list_id)
        outcome.area, outcome.as_of = (None, None) if part is None else (part.area, part.as_of)
        outcome.part = None if part is None else part.part
        outcome.complete, outcome.missing = (False, 0) if taken is None else (taken.complete, taken.missing)
        outcome.rows = [] if taken is None else [one.model_dump(mode="json") for one in taken.rows]
        outcome.digest_key, outcome.data_digest = arrival.content[0].key_id, arrival.content[0].digest
        outcome.content_digest = found.content[0].digest if isinstance(found, Submitted) else None
        outcome.answered_at = self._clock.now()
        outcome.version += 1
        fact = ListOutcomeAccepted if rejected is None else ListOutcomeRejected
        self._outbox.add(fact(state=ListOutcomeState.model_validate(outcome)))

    async def _repeat(self, outcome: ListOutcome, arrival: Arrival) -> None:
        """The answer once more; in a flood it is counted, and told with a later one."""
        if await self._flooded("inbound_repeated", f"{arrival.topic}:{arrival.source}", REPEATED_PER_MINUTE):
            outcome.untold += 1
            return
        _note_record(outcome, arrival)
        outcome.repeats, outcome.untold = outcome.repeats + outcome.untold + 1, 0
        outcome.version += 1
        self._outbox.add(ListOutcomeRepeated(state=ListOutcomeState.model_validate(outcome)))

    async def _coalesce(self, arrival: Arrival, rejected: Rejected) -> Rejected | None:
        """One answer to all of a partition and source that are refused for this reason; another one may stand."""
        outcome_id = coalesced_outcome_id(arrival.topic, arrival.partition, arrival.source, rejected.code)
        outcome = await self._outcomes.locked(outcome_id)
        if outcome is not None and not arrival.again and _is_redelivered(arrival, outcome):
            return None
        if outcome is not None and await self._flooded("inbound_refused", str(outcome_id), TOLD_PER_MINUTE):
            outcome.untold += 1
            return rejected
        if outcome is None:
            outcome = ListOutcome(id=outcome_id, repeats=-1, untold=0, coalesced=True, version=0)
            outcome.request_source = arrival.source
            outcome.complete, outcome.missing, outcome.rows = False, 0, []
            outcome.status, outcome.code, outcome.final = InboundStatus.REJECTED, rejected.code, rejected.final
            self._outcomes.add(outcome)
        _note_record(outcome, arrival)
        outcome.request_id, outcome.request_id_masked = arrival.event_id, arrival.masked_id
        outcome.digest_key, outcome.data_digest = arrival.content[0].key_id, arrival.content[0].digest
        outcome.answered_at = self._clock.now()
        outcome.repeats, outcome.untold = outcome.repeats + outcome.untold + 1, 0
        outcome.version += 1
        self._outbox.add(ListOutcomeRejected(state=ListOutcomeState.model_validate(outcome)))
        return rejected

    async def _flooded(self, name: str, caller: str, per_minute: int) -> bool:
        return await buckets.take(self._session, name, caller, per_minute, self._clock.now()) is not None


def _outcome_id(arrival: Arrival) -> UUID:
    """Identity of the event's outcome; of one that cannot be named, that of all which are refused like it."""
    if arrival.source is None or arrival.event_id is None:
        return coalesced_outcome_id(arrival.topic, arrival.partition, arrival.source, arrival.problem or "")
    return list_outcome_id(arrival.topic, arrival.source, arrival.event_id)


def _note_record(outcome: ListOutcome, arrival: Arrival) -> None:
    if arrival.again and outcome.version:
        return  # an old record, replayed: what came after it was answered too
    outcome.topic, outcome.partition, outcome.offset = arrival.topic, arrival.partition, arrival.offset
    outcome.cluster_id = arrival.cluster_id or outcome.cluster_id or ""


def _is_redelivered(arrival: Arrival, outcome: ListOutcome) -> bool:
    """The record that was answered, or one before it: a consumer that began again reads it once more."""
    here = (arrival.cluster_id, arrival.topic, arrival.partition)
    return here == (outcome.cluster_id, outcome.topic, outcome.partition) and arrival.offset <= outcome.offset


def _is_same(outcome: ListOutcome, arrival: Arrival, found: Submitted | Rejected) -> bool:
    """Whether the event says what it said the first time. If the key is gone nobody can know: then it does."""
    came = {key.key_id: key.digest for key in arrival.content}
    if outcome.digest_key not in came or came[outcome.digest_key] == outcome.data_digest:
        return True
    if outcome.content_digest is None or isinstance(found, Rejected):
        return False
    return any(key.digest == outcome.content_digest for key in found.content if key.key_id == outcome.digest_key)
