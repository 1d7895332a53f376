"""Balances as JSON."""

from datetime import date
from typing import Self

from pydantic import Field

from services.registry.balances.service import Stated
from services.registry.postings.domain import Basis
from shared.contracts.registry import Book, PostingKind
from shared.http.schemas import View


class FlowView(View):
    """The lines of one kind in the period, reversals included."""

    kind: PostingKind
    amount: int = Field(description="signed: what came minus what went")
    crossing: int = Field(description="the part that crossed this area's own border")


class BalanceView(View):
    """opening + Σ flows = closing."""

    area: str
    book: Book
    basis: Basis
    first: date
    last: date
    opening: int
    flows: list[FlowView]
    closing: int
    stock: int | None = Field(description="counted from the persons where the period reaches today, else null")

    @classmethod
    def of(cls, stated: Stated) -> Self:
        balance = stated.balance
        return cls(
            area=balance.area,
            book=Book(balance.book),
            basis=balance.basis,
            first=balance.first,
            last=balance.last,
            opening=balance.opening,
            flows=[FlowView.model_validate(flow) for flow in balance.flows],
            closing=balance.closing,
            stock=stated.stock,
        )
