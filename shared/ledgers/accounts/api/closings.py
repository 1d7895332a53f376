"""Closed months of ledgers (月结) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from shared.contracts.envelope import AreaCode
from shared.errors import NotYet
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.ledgers.accounts.domain import (
    ClosingReopened,
    LaterMonthClosed,
    LedgerWithoutAccounts,
    MonthClosedAlready,
    MonthNotOver,
    NotClosedMonthly,
)
from shared.ledgers.accounts.schemas import CloseMonth, ClosingDetail, ClosingView, ReopenMonth
from shared.ledgers.accounts.wiring import Accounts
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.records.domain import RecordAreaUnknown

router = APIRouter(route_class=ServiceRoute, tags=["ledger accounts"])

ClosingId = Annotated[UUID, Path(description="结账标识 id of the closing")]


@router.post(
    "/ledgers/{code}/closings",
    **creates(
        "closeLedgerMonth",
        "月结",
        "为一个区域（含其下各区域）结一个已结束的月份：此后不得再记该月及以前的账，余额结转。",
        permission="record.read",
        refusals=(403, 404, 409),
        refuses=(
            *(LedgerWithoutAccounts, NotClosedMonthly, MonthNotOver, MonthClosedAlready, RecordAreaUnknown, NotYet),
        ),
    ),
)
async def close(
    code: LedgerCode, body: CloseMonth, response: Response, _: MinPosition, principal: Authorised, accounts: Accounts
) -> ClosingDetail:
    """Close a month for the accounts kept in an area: nothing is posted for it any more, its balances are frozen."""
    shown = await accounts.closing.close(principal, code, body.area, body.month)
    response.headers["ETag"] = etag_of(shown.closing.version)
    return ClosingDetail.of_shown(shown)


@router.get(
    "/ledgers/{code}/closings",
    **reads(
        "listLedgerClosings",
        "结账列表",
        "您辖区内的结账，最新的在前；含已反结账的。",
        permission="record.read",
        refuses=(LedgerWithoutAccounts, NotClosedMonthly),
    ),
)
async def list_closings(
    code: LedgerCode,
    page: PageQuery,
    principal: Authorised,
    accounts: Accounts,
    area: Annotated[AreaCode | None, Query(description="区域 only inside this area")] = None,
) -> Page[ClosingView]:
    """Closed months of your areas, newest first; reopened ones among them."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await accounts.closing.page(principal, code, area, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[ClosingView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/ledgers/{code}/closings/{id}",
    **reads(
        "getLedgerClosing",
        "查询结账",
        "一次结账及其结转余额。",
        permission="record.read",
        etag=True,
        refuses=(LedgerWithoutAccounts, NotClosedMonthly),
    ),
)
async def get_closing(
    code: LedgerCode, id: ClosingId, response: Response, principal: Authorised, accounts: Accounts
) -> ClosingDetail:
    """A closed month with the balances that were frozen."""
    shown = await accounts.closing.read(principal, code, id)
    response.headers["ETag"] = etag_of(shown.closing.version)
    return ClosingDetail.of_shown(shown)


@router.post(
    "/ledgers/{code}/closings/{id}/reopen",
    **step(
        "reopenLedgerMonth",
        "反结账",
        "说明理由后反结账；从最近结账的月份开始。",
        permission="record.read",
        refusals=(403, 404, 409, 412),
        refuses=(LedgerWithoutAccounts, NotClosedMonthly, ClosingReopened, LaterMonthClosed),
    ),
)
async def reopen(
    code: LedgerCode,
    id: ClosingId,
    body: ReopenMonth,
    expected: Expected,
    response: Response,
    principal: Authorised,
    accounts: Accounts,
) -> ClosingDetail:
    """反结账: open a closed month again, for a reason; later months first."""
    shown = await accounts.closing.reopen(principal, code, id, body.reason, expected=expected)
    response.headers["ETag"] = etag_of(shown.closing.version)
    return ClosingDetail.of_shown(shown)
