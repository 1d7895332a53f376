"""Measures of accounts, compiled: what one posting counts, on its day, by the areas of its accounts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from shared.contracts.ledger_postings import PostingCount, PostingSide
from shared.contracts.ledger_records import MADE_OF
from shared.ledgers.grammar.accounts import AccountMeasure


@dataclass(frozen=True)
class PostingCounting:
    """The measures of a ledger's accounts, each with its indicator's code."""

    measures: Sequence[tuple[AccountMeasure, str]]

    def counts(self, kind: str, day: date, sides: Sequence[PostingSide], *, reverses: bool) -> Iterator[PostingCount]:
        """What a posting counts, and that it is one of those that the sum is made of.

        One that reverses another takes off what that one had added to a flow.
        """
        for measure, indicator in self.measures:
            found: Counter[str] = Counter()
            for side in sides:
                if side.account != measure.account:
                    continue
                if measure.posting is None:
                    found[side.area] += measure.sign * side.amount
                elif measure.posting == kind:
                    found[side.area] += -abs(side.amount) if reverses else abs(side.amount)
            for area, amount in sorted(found.items()):
                if amount:
                    yield PostingCount(indicator=indicator, day=day, amount=amount, area=area)
                    yield PostingCount(indicator=indicator + MADE_OF, day=day, amount=1, area=area)
