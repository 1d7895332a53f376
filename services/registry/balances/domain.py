"""The population balance (人口平衡表): opening stock, what came and went by kind, closing stock."""

from dataclasses import dataclass
from datetime import date

from shared.reference.named_code import NamedCode


class Basis(NamedCode):
    """By which day a ledger line falls into a period: on which it was entered (入账), or on which it happened."""

    POSTED = "posted", "按登记日"
    OCCURRED = "occurred", "按发生日"


@dataclass(frozen=True, slots=True)
class Flow:
    """What the lines of one kind add up to in a period, reversals included, and how much crossed the area's border."""

    kind: str
    amount: int
    crossing: int


@dataclass(frozen=True, slots=True)
class Balance:
    """opening + Σ flows = closing, of one book and area, from the first to the last day (both included).

    `stock` is how many persons' own rows say that they belong there now; None for a period that ended before today.
    `after_today`: the last day has not come yet; the sums are what is entered so far.
    """

    area: str
    book: str
    basis: Basis
    first: date
    last: date
    opening: int
    flows: tuple[Flow, ...]
    stock: int | None = None
    after_today: bool = False

    @property
    def closing(self) -> int:
        """How many there are after the last day."""
        return self.opening + sum(flow.amount for flow in self.flows)
