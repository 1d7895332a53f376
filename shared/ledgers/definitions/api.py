"""Ledgers (台账) over HTTP: drafts, versions, changes, publishing by a second person. The same in every service."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from shared.http.bodies import BULK
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, IfMatch, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.ledgers.definitions.domain import DRAFTING, PUBLISHING, DraftExists, GrantsMore, LedgerRetired
from shared.ledgers.definitions.schemas import (
    ChangesView,
    DraftLedger,
    DryRunView,
    LedgerDetail,
    LedgerDraftView,
    LedgerVersionView,
    LedgerView,
)
from shared.ledgers.definitions.wiring import Definitions, LedgerCode, VersionNumber
from shared.ledgers.grammar.schema import definition_schema

router = APIRouter(route_class=ServiceRoute, tags=["ledgers"])

SCHEMA = definition_schema()
"""JSON Schema of a definition."""


@router.get(
    "/ledger-schema",
    **reads(
        "getLedgerSchema",
        "查询台账定义的格式",
        "台账定义的 JSON Schema。",
        permission="ledger.read",
        scope="open",
        refusals=(),
    ),
)
async def get_schema(principal: Authorised) -> dict[str, Any]:
    """The JSON Schema of a definition."""
    return SCHEMA


@router.get(
    "/ledgers",
    **reads(
        "listLedgers",
        "台账列表",
        "已发布和已停用的台账，按代码排列。",
        permission="ledger.read",
        scope="open",
        refusals=(),
    ),
)
async def list_ledgers(page: PageQuery, principal: Authorised, definitions: Definitions) -> Page[LedgerView]:
    """Published and retired ledgers by code."""
    after = None if page.after is None else str(page.after[0])
    rows = await definitions.ledgers.page(after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.row.code,))
    return Page(items=[LedgerView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/ledgers/{code}",
    **reads("getLedger", "查询台账", "一个已发布的台账及其各版本。", permission="ledger.read", scope="open", etag=True),
)
async def get_ledger(
    code: LedgerCode, response: Response, principal: Authorised, definitions: Definitions
) -> LedgerDetail:
    """A published ledger with its versions."""
    found = await definitions.ledgers.read(code)
    response.headers["ETag"] = etag_of(found.row.version)
    return LedgerDetail.of(found)


@router.get(
    "/ledgers/{code}/versions/{number}",
    **reads(
        "getLedgerVersion",
        "查询台账版本",
        "某个已发布版本的完整定义，不论新旧。",
        permission="ledger.read",
        scope="open",
    ),
)
async def get_version(
    code: LedgerCode, number: VersionNumber, principal: Authorised, definitions: Definitions
) -> LedgerVersionView:
    """A published version with its definition, however old."""
    return LedgerVersionView.of(await definitions.ledgers.version(code, number))


@router.get(
    "/ledgers/{code}/versions/{number}/changes",
    **reads(
        "getLedgerChanges",
        "查询台账版本变化",
        "该版本与上一版本的差别；首个版本没有差别。",
        permission="ledger.read",
        scope="open",
    ),
)
async def get_changes(
    code: LedgerCode, number: VersionNumber, principal: Authorised, definitions: Definitions
) -> ChangesView:
    """What a version changed of the one before; nothing for the first."""
    return ChangesView.of(list(await definitions.ledgers.changes(code, number)))


@router.post(
    "/ledgers/{code}/retire",
    **step(
        "retireLedger",
        "停用台账",
        "停用台账：已有记录和指标保留，不再登记新记录。",
        permission="ledger.publish",
        scope="county",
        refusals=(404, 409, 412, 428),
        refuses=(LedgerRetired, GrantsMore),
    ),
)
async def retire(
    code: LedgerCode, expected: IfMatch, response: Response, principal: Authorised, definitions: Definitions
) -> LedgerDetail:
    """Retire a ledger: its records and figures stay, nothing new is opened."""
    found = await definitions.ledgers.retire(principal, code, expected)
    response.headers["ETag"] = etag_of(found.row.version)
    return LedgerDetail.of(found)


@router.get(
    "/ledger-drafts",
    **reads(
        "listLedgerDrafts",
        "台账草稿列表",
        "台账草稿，按代码排列。",
        permission="ledger.draft",
        scope="county",
        refusals=(),
    ),
)
async def list_drafts(page: PageQuery, principal: Authorised, definitions: Definitions) -> Page[LedgerDraftView]:
    """Drafts by code."""
    after = None if page.after is None else str(page.after[0])
    rows = await definitions.drafts.page(after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.code,))
    return Page(items=[LedgerDraftView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/ledger-drafts",
    **creates(
        "draftLedger",
        "起草台账",
        "起草新台账，或已有台账的下一版本。定义中的每处错误都按位置指出。",
        permission="ledger.draft",
        scope="county",
        refusals=(409,),
        refuses=(*DRAFTING, DraftExists),
        max_body=BULK,
    ),
)
async def draft(
    body: DraftLedger, response: Response, principal: Authorised, definitions: Definitions
) -> LedgerDraftView:
    """Draft a ledger, or the next version of one. Every error of the definition is told by its place."""
    row = await definitions.drafts.draft(principal, body.content())
    response.headers["ETag"] = etag_of(row.version)
    return LedgerDraftView.of(row)


@router.get(
    "/ledger-drafts/{code}",
    **reads("getLedgerDraft", "查询台账草稿", "一份台账草稿。", permission="ledger.draft", scope="county", etag=True),
)
async def get_draft(
    code: LedgerCode, response: Response, principal: Authorised, definitions: Definitions
) -> LedgerDraftView:
    """A draft."""
    row = await definitions.drafts.read(code)
    response.headers["ETag"] = etag_of(row.version)
    return LedgerDraftView.of(row)


@router.get(
    "/ledger-drafts/{code}/changes",
    **reads(
        "getLedgerDraftChanges",
        "查询台账草稿变化",
        "草稿与最新版本的差别；新台账没有差别。",
        permission="ledger.draft",
        scope="county",
    ),
)
async def get_draft_changes(code: LedgerCode, principal: Authorised, definitions: Definitions) -> ChangesView:
    """What a draft changes of the newest version; nothing for a new ledger."""
    return ChangesView.of(list(await definitions.drafts.changes(code)))


@router.get(
    "/ledger-drafts/{code}/dry-run",
    **reads(
        "tryLedgerDraft",
        "试算台账草稿",
        "按草稿试算现有记录：有多少不符、是哪些、不符在何处；须可查看记录的全部内容，每次试算留痕。不改变任何数据。",
        permission="ledger.draft",
        scope="county",
        refusals=(403, 404),
    ),
)
async def dry_run(code: LedgerCode, page: PageQuery, principal: Authorised, definitions: Definitions) -> DryRunView:
    """What would become of the live records under a draft: how many would break, which, and where. Nothing changes."""
    after = None if page.after is None else UUID(page.after[0])
    tried = await definitions.drafts.try_out(principal, code, after=after, limit=page.limit)
    more = tried.examined == page.limit and tried.last is not None
    return DryRunView.of(tried, page.cursor(tried.last) if more else None)


@router.post(
    "/ledger-drafts/{code}/redraft",
    **step(
        "redraftLedger",
        "修改台账草稿",
        "以新的定义替换草稿。参与过起草的人员不得发布它。",
        permission="ledger.draft",
        scope="county",
        refusals=(404, 409, 412, 428),
        refuses=DRAFTING,
        max_body=BULK,
    ),
)
async def redraft(
    code: LedgerCode,
    body: DraftLedger,
    expected: IfMatch,
    response: Response,
    principal: Authorised,
    definitions: Definitions,
) -> LedgerDraftView:
    """Put another definition in the draft's place. Whoever had a hand in it may not publish it."""
    row = await definitions.drafts.redraft(principal, code, expected, body.content())
    response.headers["ETag"] = etag_of(row.version)
    return LedgerDraftView.of(row)


@router.post(
    "/ledger-drafts/{code}/discard",
    **step(
        "discardLedgerDraft",
        "作废台账草稿",
        "作废草稿；应答中最后一次显示它。",
        permission="ledger.draft",
        scope="county",
        refusals=(404, 409, 412),
    ),
)
async def discard(
    code: LedgerCode, expected: Expected, response: Response, principal: Authorised, definitions: Definitions
) -> LedgerDraftView:
    """Throw the draft away; the answer shows it for the last time."""
    row = await definitions.drafts.discard(code, expected)
    response.headers["ETag"] = etag_of(row.version)
    return LedgerDraftView.of(row)


@router.post(
    "/ledger-drafts/{code}/publish",
    **step(
        "publishLedger",
        "发布台账",
        "由起草人以外的人员把草稿发布为下一版本。版本一经发布不再更改。",
        permission="ledger.publish",
        scope="county",
        refusals=(404, 409, 412, 428),
        refuses=PUBLISHING,
    ),
)
async def publish(
    code: LedgerCode, expected: IfMatch, response: Response, principal: Authorised, definitions: Definitions
) -> LedgerDetail:
    """Publish the draft as the next version, by another person than who drafted it. A version never changes."""
    found = await definitions.ledgers.publish(principal, code, expected)
    response.headers["ETag"] = etag_of(found.row.version)
    return LedgerDetail.of(found)
