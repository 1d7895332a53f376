"""The population balance over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from services.registry.balances.schemas import BalanceView
from services.registry.deps import Authorised, Registry
from services.registry.postings.domain import Basis
from shared.contracts.envelope import AreaCode
from shared.contracts.registry import Book
from shared.http.errors import problems
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute, tags=["balances"])


@router.get("/balances", operation_id="getBalance", responses=problems(404))
async def balance(
    principal: Authorised,
    registry: Registry,
    area: Annotated[AreaCode, Query(max_length=12, description="province to village")],
    book: Book,
    first: Annotated[date, Query(alias="from", description="first day of the period")],
    last: Annotated[date, Query(alias="to", description="last day of the period")],
    basis: Basis = Basis.OCCURRED,
) -> BalanceView:
    """opening + Σ postings = closing, of one book, area and period, on either basis."""
    stated = await registry.balances.state(principal, area, book, first=first, last=last, basis=basis)
    return BalanceView.of(stated)
