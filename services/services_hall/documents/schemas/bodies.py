"""Bodies and views of documents (办件文书)."""

from typing import Self
from uuid import UUID

from pydantic import Field

from services.services_hall.documents.domain import DocumentKind, DocumentStatus, Verification, VoidReason
from services.services_hall.documents.models import CaseDocument
from services.services_hall.documents.service.documents import Verified
from shared.http.schemas import Body, Instant, View


class IssueDocument(Body):
    """Which document is issued."""

    kind: DocumentKind = Field(
        description="文书种类 code list `document_kinds`; receipts of custody come with their step",
        examples=["receipt"],
    )


class VoidDocument(Body):
    """Why a document holds no more."""

    reason: VoidReason = Field(description="作废理由 code list `document_void_reasons`", examples=["wrong_content"])


class DocumentView(View):
    """A document as it was issued; what it says stands in the paper alone."""

    id: UUID = Field(description="文书标识 id of the document")
    version: int = Field(description="版本 from 1", examples=[1])
    case_id: UUID = Field(description="办件标识 id of the case")
    original_id: UUID | None = Field(description="原件标识 of a receipt of custody; null: of a step of the case")
    kind: DocumentKind = Field(description="文书种类", examples=["receipt"])
    number: str = Field(description="文号", examples=["收〔2026〕1 号"])
    status: DocumentStatus = Field(description="状态", examples=["issued"])
    token: str = Field(description="查验编号 as it stands on the paper", examples=["23456789ABCDEFGHJKMN"])
    check_code: str = Field(description="校验码 as it stands on the paper", examples=["0123456789ABCDEF"])
    issued_at: Instant = Field(description="出具时间")
    voided_at: Instant | None = Field(description="作废时间 null: it holds")
    void_reason: VoidReason | None = Field(description="作废理由 null: it holds")


class DocumentList(View):
    """The documents of a case, the first one first."""

    items: list[DocumentView] = Field(description="文书")

    @classmethod
    def of(cls, rows: list[CaseDocument]) -> Self:
        return cls(items=[DocumentView.model_validate(row) for row in rows])


class VerifyDocument(Body):
    """What stands on a paper, or in its QR code."""

    token: str = Field(min_length=20, max_length=40, description="查验编号", examples=["23456789ABCDEFGHJKMN"])
    check_code: str = Field(min_length=16, max_length=32, description="校验码", examples=["0123456789ABCDEF"])


class VerificationView(View):
    """What is answered to who verifies: no more than stands on the paper, the name masked; only `outcome` if the check
    code is wrong.
    """

    outcome: Verification = Field(description="核验结果 code list `document_verifications`", examples=["genuine"])
    kind: DocumentKind | None = Field(description="文书种类")
    number: str | None = Field(description="文号")
    case: str | None = Field(description="办件编号")
    item: str | None = Field(description="事项名称")
    office: str | None = Field(description="出具单位")
    date: str | None = Field(description="出具日期 as it stands on the paper")
    name: str | None = Field(description="当事人 masked")

    @classmethod
    def of(cls, told: Verified) -> Self:
        return cls.model_validate(told)
