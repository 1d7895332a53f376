"""Records of ledgers: what a record counts stands in its state, because its owner knows the definition."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from shared.contracts.ledger_records import OPEN, OWNERS, RESTRICTED, RecordState

NOUNS = tuple(f"{owner}.{noun}" for owner in OWNERS for noun in (OPEN, RESTRICTED))


@contributes(*NOUNS)
def records(state: RecordState) -> Iterator[Contribution]:
    """Each count under its indicator's code, in the area in which the record was opened."""
    for one in state.counts:
        yield Contribution(one.indicator, state.area, one.day, one.amount, one.dimension)
