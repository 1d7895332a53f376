"""Postings of the population ledger: the flows, and the ledger's own stock to hold against the persons'."""

from collections.abc import Iterator

from services.indicators.contributions.domain.base import Contribution, contributes
from shared.contracts.registry.postings import Book, PostingKind, PostingState

FLOWS: dict[PostingKind, tuple[str, int]] = {
    PostingKind.BIRTH: ("BIRTHS", 1),
    PostingKind.DEATH: ("DEATHS", -1),
    PostingKind.IN: ("MOVES-IN", 1),
    PostingKind.OUT: ("MOVES-OUT", -1),
}
"""Measure and usual sign. Boundary, merged, opening and correction postings are no migration."""


@contributes("registry.posting", measures=("LEDGER-RES", "LEDGER-REG", *(measure for measure, _ in FLOWS.values())))
def postings(state: PostingState) -> Iterator[Contribution]:
    """By the day it occurred. A reversal has the opposite sign and takes the flow back."""
    yield Contribution(
        f"LEDGER-{'RES' if state.book is Book.RESIDENCE else 'REG'}", state.area, state.occurred_on, state.amount
    )
    if state.book is Book.RESIDENCE and state.kind in FLOWS:
        measure, sign = FLOWS[state.kind]
        yield Contribution(measure, state.area, state.occurred_on, state.amount * sign)
        for mark in state.marks:
            yield Contribution(measure, state.area, state.occurred_on, state.amount * sign, dimension=f"mark:{mark}")
