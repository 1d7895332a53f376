"""Use cases of the population balance: opening + Σ postings = closing, for each book, area and period."""

from dataclasses import replace
from datetime import date

from services.registry.balances.domain import Balance, Basis
from services.registry.balances.repository import BalanceRepository
from services.registry.persons.repository.persons import PersonRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.postings import Book
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext


class Balances:
    """Use cases of the population balance."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._balances = BalanceRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def state(
        self, principal: Principal, area: str, book: Book, *, first: date, last: date, basis: Basis
    ) -> Balance:
        """The balance of a period; if it reaches today, with the stock counted from the persons' own rows beside it.

        Raises `NotFound` for an area outside the caller's scope, `Invalid` for a period that ends before it begins.
        """
        principal.scope("balance.read").require(area)
        if last < first:
            raise Invalid(errors=[FieldError("query.to", "before_from", "结束日期早于开始日期")])
        balance = await self._balances.balance(area, book, basis, first, last)
        day = today(self._clock)
        if last < day:
            return balance
        return replace(balance, stock=await self._persons.stock(area, book), after_today=last > day)
