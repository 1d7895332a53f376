"""Documents over HTTP: issued, voided, fetched; verified by anybody."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.services_hall.cases.api.answers import CaseId
from services.services_hall.deps import Hall
from services.services_hall.documents.domain import (
    DocumentErased,
    DocumentIssuedAlready,
    DocumentNotYet,
    DocumentVoidedAlready,
    DocumentWithCustody,
)
from services.services_hall.documents.schemas.bodies import (
    DocumentList,
    DocumentView,
    IssueDocument,
    VerificationView,
    VerifyDocument,
    VoidDocument,
)
from services.services_hall.documents.schemas.page import POLICY, page_of
from shared.errors import NotFound
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.papers import answers_page, answers_pdf
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.papers.typesetting import MEDIA_TYPE, GlyphMissing

router = APIRouter(route_class=ServiceRoute, tags=["documents"])

DocumentId = Annotated[UUID, Path(description="文书标识 id of the document")]
PER_MINUTE = 20
LIMITED = Depends(rate_limited("document_verification", per_minute=PER_MINUTE))
OPEN: dict[str, Any] = {"permission": None, "scope": "open", "also": [LIMITED]}


@router.post(
    "/cases/{id}/documents",
    **creates(
        "issueDocument",
        "出具文书",
        "出具办件某一步骤的文书：编号，并附校验码。同一步骤只有一份有效。",
        permission="case.handle",
        refuses=(DocumentNotYet, DocumentIssuedAlready, DocumentErased, DocumentWithCustody, GlyphMissing),
    ),
)
async def issue(id: CaseId, body: IssueDocument, response: Response, principal: Authorised, hall: Hall) -> DocumentView:
    """Issue the document of a step."""
    document = await hall.documents.issue(principal, id, body.kind)
    response.headers["ETag"] = etag_of(document.version)
    return DocumentView.model_validate(document)


@router.get(
    "/cases/{id}/documents",
    **reads("listDocuments", "办件文书", "办件已出具的文书，不含内容；查看会记入访问记录。", permission="case.read"),
)
async def list_(id: CaseId, principal: Authorised, hall: Hall) -> DocumentList:
    """The documents of a case."""
    return DocumentList.of(list(await hall.documents.of_case(principal, id)))


@router.get(
    "/documents/{id}/content",
    **answers_pdf(
        reads(
            "getDocumentContent",
            "下载文书",
            "下载文书（PDF/A），含当事人姓名；由办理单位下载，每次记入访问记录。",
            permission="case.personal",
            refuses=(DocumentErased, GlyphMissing),
        )
    ),
)
async def content(id: DocumentId, principal: Authorised, hall: Hall) -> Response:
    """The paper."""
    _, made = await hall.documents.fetch(principal, id)
    headers = {"content-disposition": "inline", "cache-control": "no-store"}
    return Response(made, media_type=MEDIA_TYPE, headers=headers)


@router.post(
    "/documents/{id}/void",
    **step(
        "voidDocument",
        "作废文书",
        "作废出具有误的文书；查验时显示已作废，可另行出具。",
        permission="case.handle",
        refuses=(DocumentVoidedAlready, DocumentWithCustody),
    ),
)
async def void(
    id: DocumentId, body: VoidDocument, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> DocumentView:
    """It holds no more."""
    document = await hall.documents.void(principal, id, reason=body.reason, expected=expected)
    response.headers["ETag"] = etag_of(document.version)
    return DocumentView.model_validate(document)


@router.post(
    "/document-verifications",
    **reads(
        "verifyDocument",
        "查验文书",
        "凭文书上的查验编号和校验码核对真伪；无需登录，限次。",
        refusals=(404, 429),
        **OPEN,
    ),
)
async def verify(body: VerifyDocument, _: Authorised, hall: Hall) -> VerificationView:
    """Verify a paper."""
    return VerificationView.of(await hall.documents.verify(body.token, body.check_code))


@router.get(
    "/verify",
    **answers_page(
        reads(
            "showVerification",
            "查验文书页面",
            "文书二维码所指的页面：显示查验结果，或填写查验编号和校验码；无需登录，限次。",
            refusals=(404, 429),
            **OPEN,
        )
    ),
)
async def page(
    request: Request,
    _: Authorised,
    hall: Hall,
    token: Annotated[str, Query(max_length=40, description="查验编号 of the paper")] = "",
    code: Annotated[str, Query(max_length=32, description="校验码 of the paper")] = "",
) -> Response:
    """The page to which a QR code leads."""
    told = None
    if token:
        try:
            told = await hall.documents.verify(token, code)
        except NotFound:
            return _html(page_of(None, unknown=True), 404)
    return _html(page_of(told), 200)


def _html(text: str, status: int) -> Response:
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    return Response(text, status, headers, "text/html; charset=utf-8")
