"""How a document comes to be (出具): what it is made of, numbered, sealed, with a token and a check code; and set."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.services_hall.cases.models import Case
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.documents.documents import Said, Telling, content_of
from services.services_hall.documents.domain import (
    HASH,
    DocumentErased,
    DocumentKind,
    DocumentStatus,
    document_number,
    new_token,
    spaced,
)
from services.services_hall.documents.models import CaseDocument
from services.services_hall.documents.repository import DocumentRepository
from services.services_hall.items.repository import ItemRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.papers.typesetting import qr_code, typeset_aside

SEALED = "case_documents.content"


class Issuing:
    """The hands of the use cases that issue documents and set them."""

    def __init__(self, context: UseCaseContext, departments: Mapping[str, str], address: str) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._departments = departments
        self._address = address
        self._cases = CaseRepository(context.session)
        self._items = ItemRepository(context.session)
        self._documents = DocumentRepository(context.session)

    async def telling(self, case: Case, reason: str | None = None, paused: datetime | None = None) -> Telling:
        """What a document of a case is made of. Raises `DocumentErased` if its applicant was."""
        applicant = await self._cases.applicant(case.id)
        version = await self._items.version(case.item_id, case.item_version)
        assert applicant is not None, "every case has one"
        assert version is not None, "by the foreign key"
        if not applicant.snapshot:
            raise DocumentErased(case.id)
        who = json.loads(self._crypto.open(applicant.snapshot, field="applicants.snapshot", owner=case.id))
        return Telling(case, version, reason, paused, self._departments, who["name"], who["document_number"])

    async def enter(
        self,
        principal: Principal,
        telling: Telling,
        kind: DocumentKind,
        said: Said,
        step: int,
        original: UUID | None = None,
    ) -> CaseDocument:
        """The document, numbered and sealed, of a step of the case, or of one of an original. Raises `GlyphMissing`."""
        on, case = today(self._clock), telling.case
        await self._require_glyphs(telling, kind, said, on)
        number = document_number(kind, on.year, await self._documents.next_serial(kind, on.year))
        token = new_token()
        told = content_of(said, telling, number, on) | {"token": token}
        content = json.dumps(told, ensure_ascii=False, sort_keys=True)
        made = new_id()
        document = CaseDocument(
            id=made,
            version=1,
            case_id=case.id,
            original_id=original,
            step=step,
            kind=kind,
            number=number,
            area=case.area,
            department=case.department,
            status=DocumentStatus.ISSUED,
            token=token,
            check_code=self._crypto.blind(SEALED, content)[0].digest.hex()[:HASH].upper(),
            content=self._crypto.seal(content, field=SEALED, owner=made),
            issued_at=self._clock.now(),
            issued_by=principal.subject,
        )
        self._documents.add(document)
        await self._session.flush()
        return document

    async def _require_glyphs(self, telling: Telling, kind: DocumentKind, said: Said, on: date) -> None:
        """Set the paper once, before its number is taken: numbers run without a gap. Raises `GlyphMissing`.

        Under the first number of the year: the characters of all numbers are the same.
        """
        told = content_of(said, telling, document_number(kind, on.year, 1), on)
        data = {**told, "voided": False, "verify": {"lines": [], "qr": None}}
        await typeset_aside("notice", data, at=self._clock.now())

    def opened(self, document: CaseDocument) -> dict[str, Any] | None:
        """What it says; None once it was erased."""
        if not document.content:
            return None
        found: dict[str, Any] = json.loads(self._crypto.open(document.content, field=SEALED, owner=document.id))
        return found

    async def typeset(self, document: CaseDocument) -> bytes:
        """The paper. Raises `DocumentErased`, `GlyphMissing`."""
        content = self.opened(document)
        if content is None:
            raise DocumentErased(document.id)
        data = {**content, "voided": document.status == DocumentStatus.VOIDED, "verify": self._verify_lines(document)}
        return await typeset_aside("notice", data, at=document.issued_at)

    def _verify_lines(self, document: CaseDocument) -> dict[str, Any]:
        code = f"校验码：{spaced(document.check_code)}"
        if not self._address:
            return {"lines": [f"查验编号：{spaced(document.token)}", code], "qr": None}
        address = f"{self._address}/services-hall/v1/verify"
        target = f"{address}?token={document.token}&code={document.check_code}"
        how = f"扫描二维码，或到 {address} 输入查验编号和校验码核对真伪。"
        return {"lines": [f"查验编号：{spaced(document.token)}", code, how], "qr": qr_code(target)}
