"""Lines of the population ledger over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.registry.deps import Registry
from services.registry.postings.schemas import BookPostingView
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.postings import Book
from shared.http.endpoint import reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["balances"])


@router.get(
    "/postings",
    **reads(
        "listPostings",
        "人口台账明细",
        "某时段内记入的明细，最早的在前；村里可由此看到他人记入本村账簿的变动，如死亡。",
        permission="person.read",
    ),
)
async def page(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 province to village")],
    book: Annotated[Book, Query(description="账簿 residence (常住) or registration (户籍)")],
    first: Annotated[Day, Query(alias="from", description="起始日 first day on which lines were entered")],
    last: Annotated[Day, Query(alias="to", description="截止日 last day on which lines were entered, inclusive")],
    elsewhere: Annotated[
        bool | None, Query(description="外地记入 only lines entered from outside the village, or only the others")
    ] = None,
) -> Page[BookPostingView]:
    """Lines entered in a period, oldest first; so a village sees what others wrote into its book, such as deaths."""
    after = UUID(page.after[0]) if page.after else None
    lines = await registry.postings.page(
        principal, area, book, first=first, last=last, elsewhere=elsewhere, after=after, limit=page.limit
    )
    shown, cursor = page.cut(lines, lambda one: (str(one.id),))
    return Page(items=[BookPostingView.model_validate(line) for line in shown], next_cursor=cursor)
