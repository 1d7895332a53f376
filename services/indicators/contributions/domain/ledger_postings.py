"""Postings of ledgers: what a posting counts stands in its state, because its owner knows the definition."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from shared.contracts.ledger_postings import OPEN_POSTING, RESTRICTED_POSTING, LedgerPostingState
from shared.contracts.ledger_records import OWNERS

NOUNS = tuple(f"{owner}.{noun}" for owner in OWNERS for noun in (OPEN_POSTING, RESTRICTED_POSTING))


@contributes(*NOUNS)
def ledger_postings(state: LedgerPostingState) -> Iterator[Contribution]:
    """Each count under its indicator's code, in the area of the account."""
    for one in state.counts:
        yield Contribution(one.indicator, one.area, one.day, one.amount, one.dimension)
