"""Accounts of ledgers (往来账) over HTTP. The ledger's definition says what each kind of posting asks of its caller."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from shared.contracts.envelope import AreaCode
from shared.contracts.ledger_records import FieldName
from shared.errors import FieldError, Invalid, NotYet, PurposeRequired
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised
from shared.ledgers.accounts.domain import (
    JUDGED,
    AccountFilter,
    AccountMoved,
    AccountRecordEnded,
    LedgerWithoutAccounts,
    PostingAccountRepeated,
    PostingDayAhead,
    PostingFourEyes,
    PostingHolderWrong,
    PostingIsReversal,
    PostingKindUnknown,
    PostingReversed,
    PostingSidesWrong,
    PostingUnbalanced,
    ReversalTooEarly,
)
from shared.ledgers.accounts.schemas import (
    AccountTotalsView,
    AccountView,
    KindTotalView,
    PostingView,
    ReversePosting,
    SendPosting,
    StatementView,
    TrialBalanceView,
)
from shared.ledgers.accounts.wiring import Accounts
from shared.ledgers.definitions.domain import LedgerRetired, NotOpenYet
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.records.domain import RecordAreaLevel, RecordAreaUnknown
from shared.ledgers.records.filtering import Shown, Why

router = APIRouter(route_class=ServiceRoute, tags=["ledger accounts"])

PostingId = Annotated[UUID, Path(description="分录标识 id of the posting")]
AccountId = Annotated[UUID, Path(description="账户标识 id of the account")]
ClosingId = Annotated[UUID, Path(description="结账标识 id of the closing")]
On = Annotated[Day | None, Query(description="日期 balances at the end of this day; absent: now")]


async def _filter(
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    kind: Annotated[FieldName | None, Query(description="账户类别 only this kind")] = None,
    record_id: Annotated[UUID | None, Query(description="归属记录 only those that this record holds")] = None,
    on: On = None,
) -> AccountFilter:
    return AccountFilter(area=area, kind=kind, record_id=record_id, on=on)


Wanted = Annotated[AccountFilter, Depends(_filter)]


@router.post(
    "/ledgers/{code}/postings",
    **creates(
        "createLedgerPosting",
        "记账",
        "记一笔分录：各方合计为零，账户自动开立；各方归属都须在您的辖区内。",
        permission="record.read",
        refusals=(403, 404, 409),
        refuses=(
            *(LedgerRetired, NotOpenYet, LedgerWithoutAccounts, PostingKindUnknown, PostingSidesWrong),
            *(PostingHolderWrong, PostingAccountRepeated, PostingUnbalanced, PostingDayAhead, AccountRecordEnded),
            *(RecordAreaLevel, RecordAreaUnknown, NotYet, AccountMoved, *JUDGED),
        ),
    ),
)
async def post(
    code: LedgerCode, body: SendPosting, response: Response, _: MinPosition, principal: Authorised, accounts: Accounts
) -> PostingView:
    """Post to the accounts of records and areas of yours. Accounts open of themselves."""
    posting = await accounts.posting.post(principal, code, body.content())
    shown = await accounts.reads.shown(principal, posting)
    response.headers["ETag"] = etag_of(shown.version, "masked")
    return PostingView.of(shown)


@router.get(
    "/ledgers/{code}/postings/{id}",
    **reads(
        "getLedgerPosting",
        "查询分录",
        "一笔分录及其各方；归属和摘要按您的辖区显示，摘要脱敏，完整查看须有台账规定的权限并说明用途。",
        permission="record.read",
        etag=True,
        refusals=(403, 404),
        refuses=(PurposeRequired,),
    ),
)
async def get_posting(
    code: LedgerCode,
    id: PostingId,
    response: Response,
    principal: Authorised,
    accounts: Accounts,
    view: Shown = "masked",
    purpose: Why = None,
) -> PostingView:
    """A posting with its sides; holders and the remark as far as you reach them, masked or in full."""
    shown = await accounts.reads.posting(principal, code, id, full=view == "full", purpose=purpose)
    response.headers["ETag"] = etag_of(shown.version, view)
    return PostingView.of(shown)


@router.post(
    "/ledgers/{code}/postings/{id}/reverse",
    **step(
        "reverseLedgerPosting",
        "冲正",
        "由记账人以外的人员冲正一次：另记一笔相反的分录，须说明理由。",
        permission="record.read",
        refusals=(403, 404, 409, 412),
        refuses=(PostingFourEyes, PostingReversed, PostingIsReversal, PostingDayAhead, ReversalTooEarly, *JUDGED),
    ),
)
async def reverse(
    code: LedgerCode,
    id: PostingId,
    body: ReversePosting,
    expected: Expected,
    response: Response,
    principal: Authorised,
    accounts: Accounts,
) -> PostingView:
    """冲正: reverse somebody else's posting, once, by another that moves every account back."""
    reversed_ = await accounts.posting.reverse(principal, code, id, body.day, body.reason, expected=expected)
    shown = await accounts.reads.shown(principal, reversed_)
    response.headers["ETag"] = etag_of(shown.version, "masked")
    return PostingView.of(shown)


@router.get(
    "/ledgers/{code}/accounts",
    **reads(
        "listLedgerAccounts",
        "账户列表",
        "您辖区和部门内的账户及余额，可按日查询；按区域和类别排列。",
        permission="record.read",
        refuses=(LedgerWithoutAccounts,),
    ),
)
async def list_accounts(
    code: LedgerCode, page: PageQuery, wanted: Wanted, principal: Authorised, accounts: Accounts
) -> Page[AccountView]:
    """Accounts of your areas and departments with their balances, by area and kind."""
    after = None if page.after is None else (page.after[0], page.after[1], UUID(page.after[2]))
    rows = await accounts.reads.page(principal, code, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.account.area, one.account.kind, one.account.id))
    return Page(items=[AccountView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/ledgers/{code}/accounts/totals",
    **reads(
        "sumLedgerAccounts",
        "账户余额合计",
        "按相同条件列表的账户数和余额合计，按类别。",
        permission="record.read",
        refuses=(LedgerWithoutAccounts,),
    ),
)
async def totals(code: LedgerCode, wanted: Wanted, principal: Authorised, accounts: Accounts) -> AccountTotalsView:
    """What the list with the same filter adds up to, by kind."""
    found = await accounts.reads.totals(principal, code, wanted)
    return AccountTotalsView(kinds=[KindTotalView.model_validate(one) for one in found])


@router.get(
    "/ledgers/{code}/trial-balance",
    **reads(
        "getTrialBalance",
        "试算平衡",
        "一个区域内各类账户的余额，连同跨区域的分录，合计为零。",
        permission="record.read",
        refuses=(LedgerWithoutAccounts,),
    ),
)
async def trial(
    code: LedgerCode,
    area: Annotated[AreaCode, Query(description="区域 with all that lies in it")],
    principal: Authorised,
    accounts: Accounts,
    on: On = None,
) -> TrialBalanceView:
    """The accounts kept in an area, by kind, and that they sum to zero with what went across its border."""
    return TrialBalanceView.of(await accounts.reads.trial(principal, code, area, on))


@router.get(
    "/ledgers/{code}/accounts/{id}",
    **reads("getLedgerAccount", "查询账户余额", "一个账户现在或某日终了的余额。", permission="record.read"),
)
async def get_account(
    code: LedgerCode, id: AccountId, principal: Authorised, accounts: Accounts, on: On = None
) -> AccountView:
    """An account with its balance now, or at the end of a day."""
    return AccountView.of(await accounts.reads.read(principal, code, id, on))


@router.get(
    "/ledgers/{code}/accounts/{id}/statement",
    **reads(
        "getAccountStatement",
        "账户对账单",
        "一个账户从某日到某日的期初余额、各笔分录和期末余额。",
        permission="record.read",
    ),
)
async def statement(
    code: LedgerCode,
    id: AccountId,
    since: Annotated[Day, Query(description="起日 first day")],
    until: Annotated[Day, Query(description="止日 last day")],
    page: PageQuery,
    principal: Authorised,
    accounts: Accounts,
) -> StatementView:
    """An account from one day to another: opening balance, postings by day, closing balance."""
    if until < since:
        raise Invalid(errors=[FieldError("query.until", "days_reversed", "止日不得早于起日")])
    after = None if page.after is None else (date.fromisoformat(page.after[0]), UUID(page.after[1]))
    held, found = await accounts.reads.statement(principal, code, id, since, until, after=after, limit=page.limit)
    lines, cursor = page.cut(found.lines, key=lambda one: (one.day, one.posting_id))
    return StatementView.of_account(held, found, lines, cursor, (since, until))
