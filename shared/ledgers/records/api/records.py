"""Records (台账记录) over HTTP: the same addresses for every ledger.

Routes let in whoever may read or write records at all; the ledger's definition says what each use case asks besides.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from shared.contracts.ledger_records import FieldName
from shared.errors import FieldError, Invalid, PurposeRequired
from shared.http.bodies import BULK, ROWS
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, IfMatch, etag_of
from shared.http.limits import counted, rate_limited
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.ledgers.definitions.domain import LedgerRetired, NotOpenYet
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.records.clock import EXTENDING
from shared.ledgers.records.domain import (
    STEPPING,
    WRITING,
    RecordFinal,
    RecordNotAcceptedHere,
    RecordSearchRefused,
    RecordSearchUnfilled,
    StepCall,
)
from shared.ledgers.records.filtering import Shown, Wanted, Why
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.schemas import (
    CorrectRecord,
    ExtendRecord,
    HistoryView,
    LineView,
    OpenRecord,
    RecordCountsView,
    RecordDetail,
    RecordView,
    SearchRecords,
    SteppedOne,
    SteppedView,
    StepRecord,
    StepRecords,
)
from shared.ledgers.records.service.writing import BUCKET
from shared.ledgers.records.wiring import Records, RecordUseCases

router = APIRouter(route_class=ServiceRoute, tags=["ledger records"])

RecordId = Annotated[UUID, Path(description="记录标识 id of the record")]
Verb = Annotated[FieldName, Path(description="操作 step of the ledger's lifecycle")]

FILTERING = (RecordSearchRefused, RecordSearchUnfilled)
"""What a list is refused for by its filter."""


def _answer(records: RecordUseCases, record: LedgerRecord, response: Response) -> RecordView:
    response.headers["ETag"] = etag_of(record.version, "masked")
    return RecordView.of(records.reads.masked(record))


@router.post(
    "/ledgers/{code}/records",
    **creates(
        "openRecord",
        "登记台账记录",
        "在您的辖区内登记一条记录。有哪些字段，由台账定义规定。",
        permission="record.write",
        refusals=(403, 404, 409, 429),
        also=[Depends(counted(BUCKET))],
        refuses=(*WRITING, RecordNotAcceptedHere, LedgerRetired, NotOpenYet),
        max_body=ROWS,
    ),
)
async def open_record(
    code: LedgerCode, body: OpenRecord, response: Response, _: MinPosition, principal: Authorised, records: Records
) -> RecordView:
    """Open a record in an area of yours. What its fields are is said by the ledger's definition."""
    return _answer(records, await records.opening.open(principal, code, body.content()), response)


@router.get(
    "/ledgers/{code}/records",
    **reads(
        "listRecords",
        "台账记录列表",
        "您辖区和部门内的台账记录，最新的在前；个人信息脱敏。",
        permission="record.read",
        refuses=FILTERING,
    ),
)
async def list_records(
    code: LedgerCode, page: PageQuery, wanted: Wanted, principal: Authorised, records: Records
) -> Page[RecordView]:
    """Records of your areas and departments, newest first; personal values masked."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await records.reads.page(principal, code, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.record.id,))
    return Page(items=[RecordView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/ledgers/{code}/records/count",
    **reads(
        "countRecords",
        "台账记录计数",
        "按相同条件列表共有多少条。",
        permission="record.read",
        refuses=FILTERING,
    ),
)
async def count(code: LedgerCode, wanted: Wanted, principal: Authorised, records: Records) -> RecordCountsView:
    """How many the list with the same filter shows."""
    return RecordCountsView.model_validate(await records.reads.counts(principal, code, wanted))


@router.post(
    "/ledgers/{code}/records/search",
    **reads(
        "searchRecords",
        "查找台账记录",
        "按某个可检索字段精确查找您辖区内的记录；加密的字段由可以完整查看它的人员查找，结果脱敏。",
        permission="record.read",
        refusals=(403, 404, 429),
        also=[Depends(rate_limited("record_search"))],
        refuses=FILTERING,
    ),
)
async def search(
    code: LedgerCode, body: SearchRecords, page: PageQuery, principal: Authorised, records: Records
) -> Page[RecordView]:
    """Records of your areas with exactly this value in a search field; an encrypted one where you may see it."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await records.reads.search(
        principal, code, body.field, body.value, body.purpose, after=after, limit=page.limit
    )
    shown, cursor = page.cut(rows, key=lambda one: (one.record.id,))
    return Page(items=[RecordView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/ledgers/{code}/records/{id}",
    **reads(
        "getRecord",
        "查询台账记录",
        "一条记录、它的时限，以及您现在可以办理的操作。",
        permission="record.read",
        etag=True,
        refuses=(PurposeRequired,),
    ),
)
async def get(
    code: LedgerCode,
    id: RecordId,
    response: Response,
    principal: Authorised,
    records: Records,
    view: Shown = "masked",
    purpose: Why = None,
) -> RecordDetail:
    """A record with its limits and the steps that you may take now."""
    shown = await records.reads.read(principal, code, id, full=view == "full", purpose=purpose)
    response.headers["ETag"] = etag_of(shown.record.version, view)
    return RecordDetail.of(shown)


@router.get(
    "/ledgers/{code}/records/{id}/history",
    **reads(
        "getRecordHistory",
        "台账记录办理过程",
        "谁在何时、因何对记录做了什么；说明文字脱敏，完整查看须有台账规定的权限并说明用途。",
        permission="record.read",
        refusals=(403, 404),
        refuses=(PurposeRequired,),
    ),
)
async def history(
    code: LedgerCode, id: RecordId, principal: Authorised, records: Records, view: Shown = "masked", purpose: Why = None
) -> HistoryView:
    """Who did what to a record, when and why; words masked, or in full as the record itself."""
    lines = await records.history.read(principal, code, id, full=view == "full", purpose=purpose)
    return HistoryView(items=[LineView.model_validate(line) for line in lines], masked=view == "masked")


@router.post(
    "/ledgers/{code}/records/{id}/correct",
    **step(
        "correctRecord",
        "更正台账记录",
        "更正字段值；用 `If-Match` 指明您看到的版本。",
        permission="record.write",
        refusals=(403, 404, 409, 412, 428, 429),
        also=[Depends(counted(BUCKET))],
        refuses=(*WRITING, RecordFinal),
        max_body=ROWS,
    ),
)
async def correct(
    code: LedgerCode,
    id: RecordId,
    body: CorrectRecord,
    expected: IfMatch,
    response: Response,
    principal: Authorised,
    records: Records,
) -> RecordView:
    """更正: set values right; the version that you saw is named by `If-Match`."""
    moved = await records.handling.correct(principal, code, id, body.values, body.note, expected=expected)
    return _answer(records, moved, response)


@router.post(
    "/ledgers/{code}/records/{id}/steps/{verb}",
    **step(
        "stepRecord",
        "办理台账记录",
        "按台账规定的流程办理一步；谁可以办理由台账定义规定。",
        permission="record.read",
        refusals=(403, 404, 409, 412, 429),
        also=[Depends(counted(BUCKET))],
        refuses=(*WRITING, *STEPPING),
        max_body=ROWS,
    ),
)
async def take_step(
    code: LedgerCode,
    id: RecordId,
    verb: Verb,
    body: StepRecord,
    expected: Expected,
    response: Response,
    principal: Authorised,
    records: Records,
) -> RecordView:
    """办理: a step of the ledger's lifecycle, by whoever its definition lets take it."""
    moved = await records.handling.step(principal, code, id, body.content(verb), expected=expected)
    return _answer(records, moved, response)


@router.post(
    "/ledgers/{code}/records/{id}/extend",
    **step(
        "extendRecordLimit",
        "台账记录延期",
        "在时限届满前，按规定延长一次。",
        permission="record.read",
        refusals=(403, 404, 409, 412),
        refuses=EXTENDING,
    ),
)
async def extend(
    code: LedgerCode,
    id: RecordId,
    body: ExtendRecord,
    expected: Expected,
    response: Response,
    principal: Authorised,
    records: Records,
) -> RecordView:
    """延期: one more extension of a running limit, before it is over."""
    moved = await records.handling.extend(principal, code, id, body.limit, body.reason, expected=expected)
    return _answer(records, moved, response)


@router.post(
    "/ledgers/{code}/bulk-steps/{verb}",
    **creates(
        "stepRecords",
        "批量办理台账记录",
        "对最多 500 条记录办理同一操作，逐条答复。",
        permission="record.read",
        refusals=(404, 409, 429),
        status=200,
        etag=False,
        also=[Depends(counted(BUCKET))],
        refuses=(*WRITING, *STEPPING),
        max_body=BULK,
    ),
)
async def step_many(
    code: LedgerCode, verb: Verb, body: StepRecords, principal: Authorised, records: Records
) -> SteppedView:
    """The same step for up to 500 records; each is answered for itself."""
    calls = {one.id: (StepCall(verb, one.values, body.reason, one.area), one.expected) for one in body.records}
    if len(calls) < len(body.records):
        raise Invalid(errors=[FieldError("records", "repeated", "不得重复")])
    answers = await records.handling.step_many(principal, code, calls)
    return SteppedView(items=[SteppedOne.of(answer) for answer in answers])
