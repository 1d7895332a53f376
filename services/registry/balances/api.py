"""The population balance over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.registry.balances.domain import Basis, Part
from services.registry.balances.schemas import BalanceView
from services.registry.deps import Registry
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.postings import Book
from shared.http.endpoint import reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["balances"])

Area = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 province to village")]
InBook = Annotated[Book, Query(description="账簿 residence (常住) or registration (户籍)")]
First = Annotated[Day, Query(alias="from", description="起始日 first day of the period")]
Last = Annotated[Day, Query(alias="to", description="截止日 last day of the period, inclusive")]
ByBasis = Annotated[
    Basis,
    Query(description="口径 by the day it happened (occurred), was entered (posted) or counts in the books (booked)"),
]


@router.get(
    "/balances",
    **reads(
        "getBalance",
        "查询人口台账",
        "某账簿、某区域、某时段的期初、变动和期末，三种口径均可；按账期的，月结后不再变动。",
        permission="balance.read",
    ),
)
async def state(
    principal: Authorised,
    registry: Registry,
    area: Area,
    book: InBook,
    first: First,
    last: Last,
    basis: ByBasis = Basis.OCCURRED,
) -> BalanceView:
    """Opening, flows and closing of one book, area and period, on either basis."""
    balance = await registry.balances.state(principal, area, book, first=first, last=last, basis=basis)
    return BalanceView.model_validate(balance)


@router.get(
    "/balances/parts",
    **reads(
        "listBalances",
        "分区查询人口台账",
        "某区域内各县、各乡镇或各村的期初、变动和期末，按区划代码排列；上级等于其下各区之和。",
        permission="balance.read",
    ),
)
async def parts(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: Area,
    book: InBook,
    first: First,
    last: Last,
    parts: Annotated[Part, Query(description="分区级别 county, town or village: of which parts")],
    basis: ByBasis = Basis.OCCURRED,
) -> Page[BalanceView]:
    """The balance of each county, town or village of an area that has lines, in the order of codes."""
    after = page.after[0] if page.after else None
    found = await registry.balances.parts(
        principal, area, parts, book, first=first, last=last, basis=basis, after=after, limit=page.limit
    )
    shown, cursor = page.cut(found, lambda one: (one.area,))
    return Page(items=[BalanceView.model_validate(one) for one in shown], next_cursor=cursor)
