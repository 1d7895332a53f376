"""Use cases of the population balance: opening + Σ postings = closing, for each book, area and period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.registry.balances.domain import Balance, Basis, Part
from services.registry.balances.repository import BalanceRepository
from services.registry.book_closings.domain import Carried
from services.registry.book_closings.repository import BookClosingRepository
from services.registry.persons.repository.persons import PersonRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.postings import Book
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext

PERMISSION = "balance.read"


class Balances:
    """Use cases of the population balance. `carried` is for the close of months."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._balances = BalanceRepository(context.session)
        self._closings = BookClosingRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def state(
        self, principal: Principal, area: str, book: Book, *, first: date, last: date, basis: Basis
    ) -> Balance:
        """The balance of a period; if it reaches today, with the stock counted from the persons' own rows beside it.

        Raises `NotFound` for an area outside the caller's scope, `Invalid` for a period that ends before it begins.
        """
        principal.scope(PERMISSION).require(area)
        _require_period(first, last)
        balance = await self._balances.balance(area, book, basis, first, last)
        day = today(self._clock)
        (balance,) = await self._closed([balance], basis, last)
        balance = replace(balance, after_today=last > day)
        if last < day:
            return balance
        return replace(balance, stock=await self._persons.stock(area, book))

    async def parts(
        self,
        principal: Principal,
        area: str,
        part: Part,
        book: Book,
        *,
        first: date,
        last: date,
        basis: Basis,
        after: str | None,
        limit: int,
    ) -> Sequence[Balance]:
        """The balance of each county, town or village of an area that has lines up to the last day, without the stock.

        One more than `limit`, if there is one. Raises as `state`, and `Invalid` for parts larger than the area.
        """
        principal.scope(PERMISSION).require(area)
        _require_period(first, last)
        if part.digits < len(area):
            raise Invalid(errors=[FieldError("query.parts", "above_area", "分区级别高于所选区域")])
        found = await self._balances.parts(area, part.digits, book, basis, first, last, after=after, limit=limit + 1)
        ahead = last > today(self._clock)
        return [replace(one, after_today=ahead) for one in await self._closed(found, basis, last)]

    async def carried(self, area: str, first: date, last: date) -> Sequence[Carried]:
        """What each village carries through a month in each book. Asks for no permission."""
        return await self._balances.carried(area, first, last)

    async def _closed(self, balances: Sequence[Balance], basis: Basis, last: date) -> Sequence[Balance]:
        """With what they say of themselves: whether their months are closed."""
        if basis is not Basis.BOOKED:
            return balances
        until = await self._closings.all_closed_until([one.area for one in balances])
        return [replace(one, closed=last <= (until[one.area] or date.min)) for one in balances]


def _require_period(first: date, last: date) -> None:
    if last < first:
        raise Invalid(errors=[FieldError("query.to", "before_from", "结束日期早于开始日期")])
