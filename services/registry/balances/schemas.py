"""Bodies of the population balance (人口平衡表)."""

from datetime import date

from pydantic import Field

from services.registry.balances.domain import Basis
from shared.contracts.registry.postings import Book, PostingKind
from shared.http.schemas import View


class FlowView(View):
    """Ledger lines of one kind in the period, reversals included."""

    kind: PostingKind = Field(description="变动类别 kind of the postings: birth, death, in, out, …")
    amount: int = Field(description="数额 what came minus what went")
    crossing: int = Field(description="跨界数额 the part of it that crossed this area's own border")
    late: int = Field(description="迟报数额 the part of it that happened in a month which was closed when it was told")


class BalanceView(View):
    """A population balance: opening + Σ flows = closing."""

    area: str = Field(description="区划代码 area of 2 to 12 digits", examples=["450481114201"])
    book: Book = Field(description="账簿 residence (常住) or registration (户籍)")
    basis: Basis = Field(
        description="口径 by the day it happened (occurred), was entered (posted) or counts in the books (booked)"
    )
    first: date = Field(description="起始日 first day of the period")
    last: date = Field(description="截止日 last day of the period, inclusive")
    after_today: bool = Field(
        description="晚于今天 true if the last day has not come yet: the sums are what is entered so far"
    )
    closed: bool = Field(
        description="已结账 true if the basis is booked and all its months are closed: the numbers change no more"
    )
    opening: int = Field(description="期初 persons before the first day")
    flows: list[FlowView] = Field(description="变动 what came and went, by kind")
    closing: int = Field(description="期末 persons after the last day: opening and all flows")
    stock: int | None = Field(
        description="在册数 counted from the persons themselves if the period reaches today; else null"
    )
