"""The population balance (人口平衡表): opening stock, what came and went by kind, closing stock."""

from dataclasses import dataclass
from datetime import date

from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from shared.reference.named_code import NamedCode


class Basis(NamedCode):
    """By which day a ledger line falls into a period: on which it was entered (入账), on which it happened, or on
    which it counts in books that close: the day on which it happened, or of a closed month the first of the open one.
    """

    POSTED = "posted", "按登记日"
    OCCURRED = "occurred", "按发生日"
    BOOKED = "booked", "按账期"


class Part(NamedCode):
    """Level of the areas that a balance is told for one by one."""

    COUNTY = "county", "县级"
    TOWN = "town", "乡镇级"
    VILLAGE = "village", "村级"

    @property
    def digits(self) -> int:
        """How long their codes are."""
        return {"county": COUNTY_DIGITS, "town": TOWN_DIGITS}.get(self, VILLAGE_DIGITS)


@dataclass(frozen=True, slots=True)
class Flow:
    """What the lines of one kind add up to in a period, reversals included.

    `crossing`: how much of it crossed the area's border. `late`: how much counts in a later month's books than the one
    in which it happened.
    """

    kind: str
    amount: int
    crossing: int
    late: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """opening + Σ flows = closing, of one book and area, from the first to the last day (both included).

    `stock` is how many persons' own rows say that they belong there now; None for a period that ended before today.
    `closed`: the numbers change no more, because the months are closed and the basis is that of the books.
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
    closed: bool = False

    @property
    def closing(self) -> int:
        """How many there are after the last day."""
        return self.opening + sum(flow.amount for flow in self.flows)
