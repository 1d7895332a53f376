"""Requests of the hotline (诉求), alarms of call terminals: an incident is made of each, or it is answered why not."""

from collections.abc import Mapping
from uuid import UUID

from services.grid.dictionaries.domain import CategoryUnknown
from services.grid.inbound.domain import NAMESPACE, ReceivedInTheFuture, require_received
from services.grid.inbound.models import InboundOutcome
from services.grid.inbound.repository import InboundRepository
from services.grid.incidents.domain.codes import Source
from services.grid.incidents.domain.refusals import IncidentAreaUnknown, IncidentNotLocated, IncidentPointOutsideArea
from services.grid.incidents.models import Incident
from services.grid.incidents.service.reporting import IncidentReporting, NewIncident, NewRequest
from shared.contracts.county.requests import RequestOrigin, RequestPersonal, RequestSubmitted
from shared.contracts.envelope import Fact
from shared.contracts.grid.inbound_outcomes import (
    InboundOutcomeAccepted,
    InboundOutcomeRejected,
    InboundOutcomeRepeated,
    InboundOutcomeState,
)
from shared.errors import DomainError, NotYet
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.answering import Answering, Step
from shared.messaging.inbound.data import Submitted
from shared.messaging.inbound.event import Refusal
from shared.messaging.inbound.receiver import Arrival

REFUSALS: Mapping[type[DomainError], Refusal] = {
    CategoryUnknown: Refusal("category_unknown", final=False),
    IncidentAreaUnknown: Refusal("area_unknown", final=False),
    NotYet: Refusal("area_unknown", final=False),
    IncidentNotLocated: Refusal("not_located", final=False),
    IncidentPointOutsideArea: Refusal("point_outside_area"),
    ReceivedInTheFuture: Refusal("received_at_invalid"),
}
"""The codes with which a well-formed request is rejected."""
SOURCES: Mapping[RequestOrigin, Source] = {
    RequestOrigin.HOTLINE: Source.HOTLINE,
    RequestOrigin.TERMINAL: Source.TERMINAL,
}
FACTS: dict[Step, type[Fact[InboundOutcomeState]]] = {
    Step.ACCEPTED: InboundOutcomeAccepted,
    Step.REJECTED: InboundOutcomeRejected,
    Step.REPEATED: InboundOutcomeRepeated,
}


class InboundRequests(Answering[InboundOutcome, Incident]):
    """Receiver of `county.request`: of the hotline, and of the platform of call terminals."""

    namespace = NAMESPACE
    refusals = REFUSALS

    def __init__(self, context: UseCaseContext, reporting: IncidentReporting) -> None:
        super().__init__(context, InboundRepository(context.session))
        self._reporting = reporting

    async def accept(self, arrival: Arrival, found: Submitted) -> Incident:
        """The incident that is made of the request."""
        request, personal = found.submission, found.personal
        assert isinstance(request, RequestSubmitted)
        assert personal is None or isinstance(personal, RequestPersonal)
        require_received(request.received_at, self._clock.now())
        return await self._reporting.take_in(
            f"system:county:{arrival.source}",
            NewIncident(
                source=SOURCES[request.origin],
                category=request.category,
                severity=request.severity,
                area=request.area,
                point=request.point,
                description=None if personal is None else personal.text,
                request=NewRequest(
                    received_at=request.received_at,
                    caller_name=None if personal is None else personal.caller.name,
                    caller_phone=None if personal is None else personal.caller.phone,
                    address=None if personal is None else personal.address,
                ),
            ),
        )

    def new(self, identity: UUID) -> InboundOutcome:
        """An outcome that says nothing yet."""
        return InboundOutcome(id=identity)

    def note(self, outcome: InboundOutcome, made: Incident | None) -> None:
        """The incident stands in its outcome."""
        outcome.incident, outcome.incident_id = made, None if made is None else made.id

    def fact(self, step: Step, outcome: InboundOutcome) -> Fact[InboundOutcomeState]:
        """The event that announces the outcome, with where its incident stands."""
        return FACTS[step](state=InboundOutcomeState.model_validate(outcome))
