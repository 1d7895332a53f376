"""Take a request of the county's hotline: an incident is made of it, or it is said why not. Satisfies `Receiver`."""

from uuid import UUID

from services.grid.inbound.domain import REFUSALS, record_outcome_id, request_outcome_id, require_received
from services.grid.inbound.models import InboundOutcome
from services.grid.inbound.repository import InboundRepository
from services.grid.incidents.domain import Severity, Source
from services.grid.incidents.models import Incident, IncidentRequest
from services.grid.incidents.service.incidents import Incidents, NewIncident
from services.grid.states import outcome_state
from shared.auth.principal import Principal
from shared.contracts.county.requests import RequestPersonal, RequestSubmitted
from shared.contracts.grid.inbound_outcomes import (
    InboundOutcomeAccepted,
    InboundOutcomeRejected,
    InboundOutcomeRepeated,
    InboundStatus,
)
from shared.crypto.service import BlindKey
from shared.errors import DomainError
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.data import Submitted
from shared.messaging.inbound.event import Rejected
from shared.messaging.inbound.processor import Arrival, Known


class Inbound:
    """Lives as long as one record's transaction."""

    def __init__(self, context: UseCaseContext, incidents: Incidents) -> None:
        self.context = context
        self.incidents = incidents
        self.inbound = InboundRepository(context.session)
        self.outcome: InboundOutcome | None = None

    async def known(self, arrival: Arrival) -> Known:
        """Whether this record, or this event, was answered before."""
        for outcome_id in _outcome_ids(arrival):
            self.outcome = self.outcome or await self.inbound.locked(outcome_id)
        if self.outcome is None:
            return Known.NEW
        if not arrival.again and _is_redelivered(arrival, self.outcome):
            return Known.REDELIVERED
        return Known.ANSWERED if self.outcome.final and not arrival.again else Known.OPEN

    async def answer(self, arrival: Arrival, found: Submitted | Rejected) -> Rejected | None:
        """A final answer stands: the same content is told it once more, another content under the same id is refused.
        What is open, or replayed by an operator, is judged anew."""
        outcome = self.outcome
        if outcome is not None and outcome.final and not arrival.again:
            if _is_same(outcome, arrival, found):
                await self._repeat(outcome, arrival)
                return None
            return await self._refuse_reuse(arrival)
        if outcome is not None and outcome.status == InboundStatus.ACCEPTED:
            return None  # replayed, although it was taken
        incident, rejected = await self._report(arrival, found)
        if outcome is not None and arrival.again and rejected is not None and rejected.code == outcome.code:
            return rejected
        await self._write(outcome, arrival, found, incident, rejected)
        return rejected

    async def _report(self, arrival: Arrival, found: Submitted | Rejected) -> tuple[Incident | None, Rejected | None]:
        if isinstance(found, Rejected):
            return None, found
        assert isinstance(found.submission, RequestSubmitted)
        assert found.personal is None or isinstance(found.personal, RequestPersonal)
        try:
            async with self.context.session.begin_nested():
                return await self._make(arrival, found.submission, found.personal), None
        except DomainError as refused:
            code = REFUSALS.get(type(refused))
            if code is None:
                raise
            return None, Rejected(code)

    async def _make(self, arrival: Arrival, request: RequestSubmitted, personal: RequestPersonal | None) -> Incident:
        require_received(request.received_on, self.context.clock.now())
        incident = await self.incidents.report(
            Principal(f"system:county:{arrival.source}"),
            NewIncident(
                source=Source.HOTLINE,
                category=request.category,
                severity=Severity(request.severity),
                area=request.area,
                point=request.point,
                description=None if personal is None else personal.text,
            ),
        )
        told = IncidentRequest(incident_id=incident.id, received_on=request.received_on)
        if personal is not None:
            told.caller_name = self._sealed(personal.caller.name, "incident.caller_name", incident.id)
            told.caller_phone = self._sealed(personal.caller.phone, "incident.caller_phone", incident.id)
            told.address = self._sealed(personal.address, "incident.address", incident.id)
        self.inbound.add(told)
        await self.context.session.flush()
        return incident

    async def _write(
        self,
        outcome: InboundOutcome | None,
        arrival: Arrival,
        found: Submitted | Rejected,
        incident: Incident | None,
        rejected: Rejected | None,
    ) -> None:
        """A new answer, or one in place of what was open."""
        if outcome is None:
            outcome = InboundOutcome(id=_outcome_ids(arrival)[0], repeats=0, version=0)
            outcome.source, outcome.request_id = arrival.source, arrival.event_id
            self.inbound.add(outcome)
        _note_record(outcome, arrival)
        outcome.status = InboundStatus.ACCEPTED if rejected is None else InboundStatus.REJECTED
        outcome.code = None if rejected is None else rejected.code
        outcome.final = rejected is None or rejected.final
        outcome.incident_id = None if incident is None else incident.id
        outcome.digest_key, outcome.data_digest = arrival.content[0].key_id, arrival.content[0].digest
        outcome.content_digest = found.content[0].digest if isinstance(found, Submitted) else None
        outcome.answered_on = self.context.clock.now()
        outcome.version += 1
        fact = InboundOutcomeAccepted if rejected is None else InboundOutcomeRejected
        self.context.outbox.add(fact(state=outcome_state(outcome, incident)))

    async def _repeat(self, outcome: InboundOutcome, arrival: Arrival) -> None:
        _note_record(outcome, arrival)
        outcome.repeats += 1
        outcome.version += 1
        incident = None if outcome.incident_id is None else await self.inbound.incident(outcome.incident_id)
        self.context.outbox.add(InboundOutcomeRepeated(state=outcome_state(outcome, incident)))

    async def _refuse_reuse(self, arrival: Arrival) -> Rejected | None:
        """An outcome of its own; the first one stands."""
        rejected = Rejected("id_reused")
        for mark in arrival.mark:
            if await self.inbound.locked(_record_id(arrival, mark)) is not None:
                return None  # the record came again
        other = InboundOutcome(id=_record_id(arrival, arrival.mark[0]), repeats=0, version=1, incident_id=None)
        other.source, other.request_id = arrival.source, arrival.event_id
        _note_record(other, arrival)
        other.status, other.code, other.final = InboundStatus.REJECTED, rejected.code, rejected.final
        other.digest_key, other.data_digest = arrival.content[0].key_id, arrival.content[0].digest
        other.answered_on = self.context.clock.now()
        self.inbound.add(other)
        self.context.outbox.add(InboundOutcomeRejected(state=outcome_state(other, None)))
        return rejected

    def _sealed(self, text: str | None, field: str, owner: UUID) -> bytes | None:
        return None if text is None else self.context.crypto.seal(text, field=field, owner=str(owner))


def _outcome_ids(arrival: Arrival) -> list[UUID]:
    """Under which the outcome is, or may be, known: of a record, also while the index key is being rotated."""
    if arrival.source is None or arrival.event_id is None:
        return [_record_id(arrival, mark) for mark in arrival.mark]
    return [request_outcome_id(arrival.topic, arrival.source, arrival.event_id)]


def _record_id(arrival: Arrival, mark: BlindKey) -> UUID:
    return record_outcome_id(arrival.topic, arrival.partition, arrival.offset, mark.digest)


def _note_record(outcome: InboundOutcome, arrival: Arrival) -> None:
    if arrival.again and outcome.version:
        return  # an old record, replayed: what came after it was answered too
    outcome.topic, outcome.partition, outcome.record_offset = arrival.topic, arrival.partition, arrival.offset
    outcome.cluster_id = arrival.cluster_id or outcome.cluster_id or ""


def _is_redelivered(arrival: Arrival, outcome: InboundOutcome) -> bool:
    """The record that was answered, or one before it: a consumer that began again reads it once more."""
    if arrival.event_id is None:
        return True  # its outcome is named after the record itself
    here = (arrival.cluster_id, arrival.topic, arrival.partition)
    return here == (outcome.cluster_id, outcome.topic, outcome.partition) and arrival.offset <= outcome.record_offset


def _is_same(outcome: InboundOutcome, arrival: Arrival, found: Submitted | Rejected) -> bool:
    """Whether the event says what it said the first time. Where the key is gone nobody can tell: then it does."""
    came = {key.key_id: key.digest for key in arrival.content}
    if outcome.digest_key not in came or came[outcome.digest_key] == outcome.data_digest:
        return True
    if outcome.content_digest is None or isinstance(found, Rejected):
        return False
    return any(key.digest == outcome.content_digest for key in found.content if key.key_id == outcome.digest_key)
