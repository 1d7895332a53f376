"""Lists of departments (名单): each part is answered, and each of its rows; or it is answered why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import event

from services.registry.benefits.service.applying import BenefitApplying, Delivered, Said
from services.registry.inbound_lists.domain import (
    NAMESPACE,
    Authorities,
    ListAreaUnknown,
    ListInTheFuture,
    ListNotAuthorised,
    ListOutdated,
    ListPartRepeated,
    ListPartsDiffer,
    followed,
    is_complete,
)
from services.registry.inbound_lists.models import ListOutcome
from services.registry.inbound_lists.repository import ListOutcomeRepository, ListSeriesRepository
from shared.clock import today
from shared.contracts.county.lists import ListPersonal, ListSubmitted
from shared.contracts.envelope import Fact
from shared.contracts.registry.list_outcomes import (
    ListOutcomeAccepted,
    ListOutcomeRejected,
    ListOutcomeRepeated,
    ListOutcomeState,
    RowOutcome,
)
from shared.errors import DomainError
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.answering import Answering, Step
from shared.messaging.inbound.data import Submitted
from shared.messaging.inbound.event import Refusal
from shared.messaging.inbound.receiver import Arrival
from shared.observability import metrics

REFUSALS: Mapping[type[DomainError], Refusal] = {
    ListNotAuthorised: Refusal(ListNotAuthorised.code, final=False),
    ListAreaUnknown: Refusal(ListAreaUnknown.code, final=False),
    **{one: Refusal(one.code) for one in (ListInTheFuture, ListOutdated, ListPartsDiffer, ListPartRepeated)},
}
"""The codes with which a well-formed part is rejected as a whole."""
FACTS: dict[Step, type[Fact[ListOutcomeState]]] = {
    Step.ACCEPTED: ListOutcomeAccepted,
    Step.REJECTED: ListOutcomeRejected,
    Step.REPEATED: ListOutcomeRepeated,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What an accepted part did."""

    part: ListSubmitted
    rows: list[RowOutcome]
    complete: bool
    missing: int


class InboundLists(Answering[ListOutcome, Taken]):
    """Receiver of `county.list`."""

    namespace = NAMESPACE
    refusals = REFUSALS

    def __init__(self, context: UseCaseContext, applying: BenefitApplying, authorities: Authorities) -> None:
        super().__init__(context, ListOutcomeRepository(context.session))
        self._applying = applying
        self._authorities = authorities
        self._series = ListSeriesRepository(context.session)

    async def accept(self, arrival: Arrival, found: Submitted) -> Taken:
        """What the part did, row by row."""
        part, personal = found.submission, found.personal
        assert isinstance(part, ListSubmitted)
        assert personal is None or isinstance(personal, ListPersonal)
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

    def new(self, identity: UUID) -> ListOutcome:
        """An outcome that says nothing yet."""
        return ListOutcome(id=identity)

    def note(self, outcome: ListOutcome, made: Taken | None) -> None:
        """The part and its rows stand in the outcome, and are counted once they are committed."""
        part = None if made is None else made.part
        outcome.kind, outcome.list_id = (None, None) if part is None else (str(part.kind), part.list_id)
        outcome.area, outcome.as_of = (None, None) if part is None else (part.area, part.as_of)
        outcome.part = None if part is None else part.part
        outcome.complete, outcome.missing = (False, 0) if made is None else (made.complete, made.missing)
        outcome.rows = [] if made is None else [one.model_dump(mode="json") for one in made.rows]
        if made is not None:
            self._count_when_committed(made)

    def fact(self, step: Step, outcome: ListOutcome) -> Fact[ListOutcomeState]:
        """The event that announces the outcome."""
        return FACTS[step](state=ListOutcomeState.model_validate(outcome))

    def _count_when_committed(self, taken: Taken) -> None:
        """A transaction that is tried again would be counted twice otherwise: no savepoint follows this."""
        kind = str(taken.part.kind)

        def count(_: object) -> None:
            for row in taken.rows:
                metrics.LIST_ROWS.labels(kind, str(row.result)).inc()
            metrics.LIST_ROWS.labels(kind, "missing").inc(taken.missing)

        event.listen(self._session.sync_session, "after_commit", count, once=True)
