"""Incidents: reported, filed, closed; of those due and not deferred, closed and closed in time (结案率, 按期结案率)."""

from collections.abc import Iterator
from datetime import date

from services.indicators.contributions.domain.base import Contribution, area_on, contributes, places, stay
from shared.clock import business_day
from shared.contracts.grid.incidents import IncidentState, IncidentStatus

PUBLIC = frozenset({"resident", "public"})
"""The sources of what the public reports: no official figure before it was verified and filed (立案)."""


@contributes(
    "grid.incident",
    measures=(
        "INC-REPORTED",
        "INC-FILED",
        "INC-OPEN",
        "INC-CLOSED",
        "INC-DUE",
        "INC-CLOSED-OF-DUE",
        "INC-IN-TIME-OF-DUE",
        "INC-CLOSED-IN-TIME",
    ),
)
def incidents(state: IncidentState) -> Iterator[Contribution]:
    """GB/T 30428: due = the deadline falls in the period; both rates are counted among the due and not deferred.

    What was merged (并案) was reported, and counts for nothing else: the other one goes on for both. While it is
    suspended (挂起) its deadline is open, so that it is not among the due.
    """
    if state.source in PUBLIC and state.filed_at is None:
        return

    def on(measure: str, day: date, dimension: str = "") -> Contribution:
        return Contribution(measure, area_on(day, state.area, state.former), day, 1, dimension)

    closed = None if state.closed_at is None else business_day(state.closed_at)
    yield on("INC-REPORTED", business_day(state.reported_at))
    if state.status is IncidentStatus.MERGED:
        return
    if state.filed_at is not None:
        filed = business_day(state.filed_at)
        yield on("INC-FILED", filed)
        yield on("INC-FILED", filed, f"category:{state.category}")
        yield from stay("INC-OPEN", places(state.area, state.former), filed, closed)
    if closed is not None:
        yield on("INC-CLOSED", closed)
    if state.due_at is None or state.deferred or state.status is IncidentStatus.SUSPENDED:
        return
    due = business_day(state.due_at)
    yield on("INC-DUE", due)
    if state.closed_at is not None and closed is not None:
        yield on("INC-CLOSED-OF-DUE", due)
        if state.closed_at <= state.due_at:
            yield on("INC-IN-TIME-OF-DUE", due)
            yield on("INC-CLOSED-IN-TIME", closed)
