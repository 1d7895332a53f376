"""Cases: received, accepted, closed; and of those due in a period, closed and closed in time."""

from collections.abc import Iterator
from datetime import date

from services.indicators.contributions.domain.base import Contribution, area_on, contributes
from shared.clock import business_day
from shared.contracts.services_hall.cases import CaseState, CaseStatus


@contributes(
    "services_hall.case",
    measures=(
        "CASE-ACCEPTED",
        "CASE-CLOSED",
        "CASE-DUE",
        "CASE-CLOSED-OF-DUE",
        "CASE-IN-TIME-OF-DUE",
        "CASE-CLOSED-IN-TIME",
    ),
)
def cases(state: CaseState) -> Iterator[Contribution]:
    """Numerators stand on the due date like their denominator, so that they are counted among the due.

    What the applicant took back is due no more, also once it was archived; what stands still has no due date.
    """

    def on(measure: str, day: date, dimension: str = "") -> Contribution:
        return Contribution(measure, area_on(day, state.area, state.former), day, 1, dimension)

    if state.accepted_at is not None:
        yield on("CASE-ACCEPTED", business_day(state.accepted_at))
        yield on("CASE-ACCEPTED", business_day(state.accepted_at), f"category:{state.category}")
    if state.closed_at is not None:
        yield on("CASE-CLOSED", business_day(state.closed_at))
    if state.withdrawn_at is not None or state.status is CaseStatus.WITHDRAWN or state.due_on is None:
        return
    yield on("CASE-DUE", state.due_on)
    if state.closed_at is not None:
        yield on("CASE-CLOSED-OF-DUE", state.due_on)
        if business_day(state.closed_at) <= state.due_on:
            yield on("CASE-IN-TIME-OF-DUE", state.due_on)
            yield on("CASE-CLOSED-IN-TIME", business_day(state.closed_at))
