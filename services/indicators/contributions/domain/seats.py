"""Where something had its seat, and in which times it was there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from services.indicators.contributions.domain.base import Contribution, stay
from shared.contracts.envelope import Span
from shared.contracts.registry.households import FormerPlace
from shared.contracts.registry.organisations import Stay


def seated(
    measure: str,
    dimensions: Iterable[str],
    area: str,
    former: Sequence[FormerPlace],
    earlier: Sequence[Stay],
    since: date,
    until: date | None,
) -> Iterator[Contribution]:
    """A stock in each time, where the seat was on each day."""
    first = earlier[0].since if earlier else since
    spans, start = [], first
    for place in former:
        end = max(place.until, start)
        spans.append(Span(area=place.area, kind="seat", start=start, end=end))
        start = end
    spans.append(Span(area=area, kind="seat", start=start, end=None))
    times = [*((one.since, one.until) for one in earlier), (since, until)]
    for dimension in dimensions:
        for begins, ends in times:
            yield from stay(measure, spans, begins, ends, dimension)
