"""The population balance over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.registry.balances.domain import Basis
from services.registry.balances.schemas import BalanceView
from services.registry.deps import Registry
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.postings import Book
from shared.http.endpoint import reads
from shared.http.route import ServiceRoute
from shared.http.schemas import Day
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["balances"])


@router.get(
    "/balances",
    **reads(
        "getBalance",
        "查询人口台账",
        "某账簿、某区域、某时段的期初、变动和期末，两种口径均可。",
        permission="balance.read",
    ),
)
async def state(
    principal: Authorised,
    registry: Registry,
    area: Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 province to village")],
    book: Annotated[Book, Query(description="账簿 residence (常住) or registration (户籍)")],
    first: Annotated[Day, Query(alias="from", description="起始日 first day of the period")],
    last: Annotated[Day, Query(alias="to", description="截止日 last day of the period, inclusive")],
    basis: Annotated[
        Basis, Query(description="口径 by the day it happened (occurred) or was entered (posted)")
    ] = Basis.OCCURRED,
) -> BalanceView:
    """Opening, flows and closing of one book, area and period, on either basis."""
    balance = await registry.balances.state(principal, area, book, first=first, last=last, basis=basis)
    return BalanceView.model_validate(balance)
