"""Incidents: reported, filed, closed; of those due and not deferred, closed and closed in time (结案率, 按期结案率)."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from shared.clock import business_day
from shared.contracts.grid.incidents import IncidentState

PUBLIC = "resident"
"""The source of what the public reports: no official figure before it was verified and filed (立案)."""


@contributes("grid.incident")
def incidents(state: IncidentState) -> Iterator[Contribution]:
    """GB/T 30428: due = the deadline falls in the period; both rates are counted among the due and not deferred."""
    if state.source == PUBLIC and state.filed_at is None:
        return
    area = state.area
    yield Contribution("INC-REPORTED", area, business_day(state.reported_at))
    if state.filed_at is not None:
        yield Contribution("INC-FILED", area, business_day(state.filed_at))
        yield Contribution("INC-FILED", area, business_day(state.filed_at), 1, f"category:{state.category}")
        yield Contribution("INC-OPEN", area, business_day(state.filed_at))
    if state.closed_at is not None:
        yield Contribution("INC-CLOSED", area, business_day(state.closed_at))
        if state.filed_at is not None:
            yield Contribution("INC-OPEN", area, business_day(state.closed_at), -1)
    if state.due_at is None or state.deferred:
        return
    due = business_day(state.due_at)
    yield Contribution("INC-DUE", area, due)
    if state.closed_at is not None:
        yield Contribution("INC-CLOSED-OF-DUE", area, due)
        if state.closed_at <= state.due_at:
            yield Contribution("INC-IN-TIME-OF-DUE", area, due)
            yield Contribution("INC-CLOSED-IN-TIME", area, business_day(state.closed_at))
