"""Visits: due, and of those done; and done by the day they were paid. Of both families, as two measures."""

from collections.abc import Iterator
from datetime import date

from services.indicators.contributions.domain.base import Contribution, area_on, contributes
from shared.contracts.grid.visits import RestrictedVisitState, VisitState, VisitStatus

DAYS = ("DUE", "DONE", "DONE-OF-DUE", "IN-TIME-OF-DUE")


@contributes("grid.visit", measures=[f"VISIT-{one}" for one in DAYS])
@contributes("grid.restricted_visit", measures=[f"VISIT-RESTRICTED-{one}" for one in DAYS])
def visits(state: VisitState | RestrictedVisitState) -> Iterator[Contribution]:
    """A cancelled visit is not due.

    Visits that restricted tags ask for count apart: a figure of all visits, less those on the published topic, would
    tell how many people in a village have such a tag.
    """
    if state.status is VisitStatus.CANCELLED:
        return

    def on(measure: str, day: date) -> Contribution:
        return Contribution(f"{family}-{measure}", area_on(day, state.area, state.former), day)

    family = "VISIT" if isinstance(state, VisitState) else "VISIT-RESTRICTED"
    yield on("DUE", state.due_on)
    if state.done_on is not None:
        yield on("DONE", state.done_on)
        yield on("DONE-OF-DUE", state.due_on)
        if state.done_on <= state.due_on:
            yield on("IN-TIME-OF-DUE", state.due_on)
