"""Households: how many are active, where they count."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from shared.contracts.registry.households import HouseholdState


@contributes("registry.household")
def households(state: HouseholdState) -> Iterator[Contribution]:
    """A stock from founding to dissolution, by kind (legal 户籍户, living 居住户)."""
    for dimension in ("", f"kind:{state.kind}"):
        yield Contribution("HOUSEHOLDS", state.area, state.established_on, 1, dimension)
        if state.dissolved_on is not None:
            yield Contribution("HOUSEHOLDS", state.area, state.dissolved_on, -1, dimension)
