"""Drafting of a ledger from an XLSForm over HTTP. The workbook is read before the transaction, by a child process."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from shared.auth.access_entries import Detail
from shared.errors import FieldError, NotFound
from shared.feature import Feature
from shared.files.domain import FileDamaged, WrongKind
from shared.files.store import NoStore
from shared.http.endpoint import creates
from shared.http.etag import etag_of
from shared.http.kit import part_of, state_of
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.http.validation import MAX_ERRORS
from shared.ledgers.definitions.domain import DRAFTING, DraftExists
from shared.ledgers.definitions.service.checking import Drafted
from shared.ledgers.definitions.wiring import DefinitionParts, Definitions
from shared.ledgers.forms.xlsform.domain import MAX_BYTES, WORKBOOKS, XlsFormNotWhole, XlsFormTooLarge
from shared.ledgers.forms.xlsform.drafting import DraftedForm, draft_from
from shared.ledgers.forms.xlsform.schemas import DraftFromXlsForm, XlsFormDraftView
from shared.ledgers.grammar.definition import Definition
from shared.spreadsheets.refusals import REFUSALS

router = APIRouter(route_class=ServiceRoute, tags=["ledgers"])

AT_ONCE = asyncio.Semaphore(2)
"""Workbooks that a process has read at the same time; more wait, holding nothing."""


async def _read(request: Request, body: DraftFromXlsForm) -> DraftedForm:
    """Dependency that stands before the transaction: an own file, read as an XLSForm.

    Raises `NotFound`, `WrongKind`, `XlsFormTooLarge`, and the refusals of `shared.spreadsheets`.
    """
    state = state_of(request)
    kit, caller = state.kit, state.principal
    if state.session is not None:
        raise RuntimeError("a workbook must be read before whatever opens the transaction")
    state.notes.note(caller, action="read", noun="file", object_id=body.file, detail=Detail.FULL)
    async with kit.database.session() as session:
        found = await kit.archive.rows(session).one(body.file)
    if found is None or found.uploaded_by != caller.subject or found.noun is not None:
        raise NotFound(body.file)
    if found.kind not in WORKBOOKS:
        raise WrongKind(body.file)
    if found.size > MAX_BYTES:
        raise XlsFormTooLarge(body.file)
    async with AT_ONCE:
        content = b"".join([piece async for piece in kit.archive.content(found.id, found.key)])
        return await draft_from(content, owner=part_of(request, DefinitionParts).owner)


@router.post(
    "/ledger-drafts/from-xlsform",
    **creates(
        "draftLedgerFromXlsForm",
        "由 XLSForm 起草台账",
        "按已上传的 XLSForm 表格起草台账；未采用的内容按工作表和单元格指出。",
        permission="ledger.draft",
        scope="county",
        refusals=(404, 409, 413),
        also=[Depends(_read, scope="function")],
        refuses=(
            *DRAFTING, DraftExists, WrongKind, FileDamaged, NoStore, XlsFormTooLarge, XlsFormNotWhole,
            *REFUSALS.values(),
        ),
    ),
)  # fmt: skip
async def draft_from_xlsform(
    form: Annotated[DraftedForm, Depends(_read, scope="function")],
    response: Response,
    principal: Authorised,
    context: Context,
    definitions: Definitions,
) -> XlsFormDraftView:
    """Draft a ledger from a spreadsheet as field staff write them. What is left out is told by sheet and cell."""
    if not form.whole:
        errors = [FieldError(f"{one.sheet}!{one.cell}", one.code, one.message) for one in form.told]
        raise XlsFormNotWhole(errors=errors[:MAX_ERRORS])
    row = await definitions.drafts.draft(principal, Drafted(Definition.model_validate(form.definition)))
    response.headers["ETag"] = etag_of(row.version)
    return XlsFormDraftView.drafted(row, form)


XLSFORMS = Feature(router=router, tag="ledgers")
