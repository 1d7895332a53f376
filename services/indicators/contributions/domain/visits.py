"""Visits: due, and of those done; and done by the day they were paid."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from shared.contracts.grid.visits import VisitState, VisitStatus


@contributes("grid.visit")
def visits(state: VisitState) -> Iterator[Contribution]:
    """A cancelled visit is not due."""
    if state.status is VisitStatus.CANCELLED:
        return
    yield Contribution("VISIT-DUE", state.area, state.due_on)
    if state.done_on is not None:
        yield Contribution("VISIT-DONE", state.area, state.done_on)
        yield Contribution("VISIT-DONE-OF-DUE", state.area, state.due_on)
        if state.done_on <= state.due_on:
            yield Contribution("VISIT-IN-TIME-OF-DUE", state.area, state.due_on)
