"""Facilities: how many are open, of which kind, and for which daily needs."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from services.indicators.contributions.domain.seats import seated
from shared.contracts.registry.facilities import FacilityState, FacilityStatus


@contributes("registry.facility", measures=("FACILITIES",))
def facilities(state: FacilityState) -> Iterator[Contribution]:
    """A stock while it is open, by kind and by each need, where it was on each day. What was withdrawn never was."""
    if state.status is not FacilityStatus.WITHDRAWN:
        dimensions = ("", f"kind:{state.kind}", *(f"serves:{need}" for need in state.serves))
        times = (state.area, state.former, state.earlier, state.opened_on, state.closed_on)
        yield from seated("FACILITIES", dimensions, *times)
