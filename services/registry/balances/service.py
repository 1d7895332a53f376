"""The population balance: opening + Σ postings = closing, for each book, area and period."""

from dataclasses import dataclass
from datetime import date

from services.registry.persons.repository.persons import PersonRepository
from services.registry.postings.domain import Balance, Basis
from services.registry.postings.repository import PostingRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.postings import Book
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class Stated:
    """A balance, and beside it the stock counted from the persons' rows if the period reaches today."""

    balance: Balance
    stock: int | None


class Balances:
    """Use cases of the ledger."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._postings = PostingRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def state(
        self, principal: Principal, area: str, book: Book, *, first: date, last: date, basis: Basis
    ) -> Stated:
        """Raises `NotFound` for an area outside the caller's scope."""
        principal.scope("balance.read").require(area)
        if last < first:
            raise Invalid(errors=[FieldError("query.to", "before_from", "结束日期早于开始日期")])
        balance = await self._postings.balance(area, book, basis, first, last)
        reaches_today = last >= today(self._clock)
        return Stated(balance, await self._persons.stock(area, book) if reaches_today else None)
