"""Households: how many are active, where they count."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes, stay
from shared.contracts.envelope import Span
from shared.contracts.registry.households import HouseholdState


@contributes("registry.household", measures=("HOUSEHOLDS",))
def households(state: HouseholdState) -> Iterator[Contribution]:
    """A stock from founding to dissolution, by kind (legal 户籍户, living 居住户), where it counted on each day."""
    spans, start = [], state.established_on
    for place in state.former:
        until = max(place.until, start)
        spans.append(Span(area=place.area, kind=state.kind, start=start, end=until))
        start = until
    end = None if state.dissolved_on is None else max(state.dissolved_on, start)
    spans.append(Span(area=state.area, kind=state.kind, start=start, end=end))
    for dimension in ("", f"kind:{state.kind}"):
        yield from stay("HOUSEHOLDS", spans, dimension=dimension)
