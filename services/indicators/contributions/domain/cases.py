"""Cases: received, accepted, closed; and of those due in a period, closed and closed in time."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from shared.clock import business_day
from shared.contracts.services_hall.cases import CaseState, CaseStatus


@contributes("services_hall.case")
def cases(state: CaseState) -> Iterator[Contribution]:
    """Numerators stand on the due date like their denominator, so that they are counted among the due."""
    if state.accepted_at is not None:
        yield Contribution("CASE-ACCEPTED", state.area, business_day(state.accepted_at))
        yield Contribution(
            "CASE-ACCEPTED", state.area, business_day(state.accepted_at), 1, f"category:{state.category}"
        )
    if state.closed_at is not None:
        yield Contribution("CASE-CLOSED", state.area, business_day(state.closed_at))
    if state.status is CaseStatus.WITHDRAWN or state.due_on is None:
        return
    yield Contribution("CASE-DUE", state.area, state.due_on)
    if state.closed_at is not None:
        yield Contribution("CASE-CLOSED-OF-DUE", state.area, state.due_on)
        if business_day(state.closed_at) <= state.due_on:
            yield Contribution("CASE-IN-TIME-OF-DUE", state.area, state.due_on)
            yield Contribution("CASE-CLOSED-IN-TIME", state.area, business_day(state.closed_at))
