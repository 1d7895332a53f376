"""Organisations: how many are active, and of which kind."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from services.indicators.contributions.domain.seats import seated
from shared.contracts.registry.organisations import OrganisationState, OrganisationStatus


@contributes("registry.organisation", measures=("ORGANISATIONS",))
def organisations(state: OrganisationState) -> Iterator[Contribution]:
    """A stock while it is active, by kind, where it had its seat on each day. What was withdrawn never was."""
    if state.status is not OrganisationStatus.WITHDRAWN:
        dimensions = ("", f"kind:{state.kind}")
        times = (state.area, state.former, state.earlier, state.began_on, state.ended_on)
        yield from seated("ORGANISATIONS", dimensions, *times)
