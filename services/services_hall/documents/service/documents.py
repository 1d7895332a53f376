"""Use cases of documents (办件文书): issued once a step, fetched by who handles the case, verified by anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Any
from uuid import UUID

from services.services_hall.cases.models import Case, CaseStep
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.documents.documents import said_of
from services.services_hall.documents.domain import (
    ACTIONS,
    MILESTONES,
    DocumentKind,
    DocumentNotYet,
    DocumentStatus,
    DocumentVoidedAlready,
    DocumentWithCustody,
    Verification,
    VoidReason,
    may_be_token,
    written_out,
)
from services.services_hall.documents.models import CaseDocument
from services.services_hall.documents.repository import DocumentRepository
from services.services_hall.documents.service.issuing import Issuing
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.crypto.masking import mask_name
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

HANDLE, PERSONAL, READ = "case.handle", "case.personal", "case.read"
NOUN = "services_hall.document"


@dataclass(frozen=True)
class Verified:
    """What somebody is told who verifies a document: no more than stands on the paper, the name masked."""

    outcome: Verification
    kind: DocumentKind | None = None
    number: str | None = None
    case: str | None = None
    item: str | None = None
    office: str | None = None
    date: str | None = None
    name: str | None = field(default=None, repr=False)


class Documents:
    """Use cases of documents. `departments`: Chinese names by code; `address`: where residents reach the county."""

    def __init__(self, context: UseCaseContext, departments: Mapping[str, str], address: str) -> None:
        self._session = context.session
        self._clock = context.clock
        self._access = context.access
        self._issuing = Issuing(context, departments, address)
        self._cases = CaseRepository(context.session)
        self._documents = DocumentRepository(context.session)

    async def issue(self, principal: Principal, case_id: UUID, kind: DocumentKind) -> CaseDocument:
        """Issue the document of a step that the case has taken. One holds for each step.

        Raises `NotFound` for who does not handle the case at its counter or where its file lies, `DocumentNotYet`,
        `DocumentWithCustody`, `GlyphMissing` for what cannot be set: it takes no number; a second one for the same
        step is refused by the database (`DocumentIssuedAlready`).
        """
        if kind not in ACTIONS:
            raise DocumentWithCustody.at("kind")
        case = await self._cases.locked(case_id, principal.department_scope(HANDLE))
        if case is None:
            raise NotFound(case_id)
        self._require_place(principal, HANDLE, case)
        step = standing(case, await self._cases.steps(case_id), kind)
        if step is None:
            raise DocumentNotYet(case_id)
        paused = _instant((step.content or {}).get("paused_at"))
        telling = await self._issuing.telling(case, step.reason, paused)
        document = await self._issuing.enter(principal, telling, kind, said_of(kind, telling), step.version)
        self._note(principal, "issue_document", case, document, Detail.WRITE, HANDLE)
        return document

    async def void(self, principal: Principal, id: UUID, *, reason: VoidReason, expected: Seen = None) -> CaseDocument:
        """作废: it holds no more; another may be issued. Raises `NotFound`, `DocumentVoidedAlready`,
        `DocumentWithCustody` for the receipt of an original, which goes with its step.
        """
        document = await self._documents.locked(id)
        case = None if document is None else await self._cases.get(document.case_id)
        if document is None or case is None:
            raise NotFound(id)
        self._require_place(principal, HANDLE, case)
        require_version(document, expected)
        if document.original_id is not None:
            raise DocumentWithCustody(id)
        if document.status == DocumentStatus.VOIDED:
            raise DocumentVoidedAlready(id)
        changes = {"status": DocumentStatus.VOIDED, "voided_at": self._clock.now(), "voided_by": principal.subject}
        moved = await compare_and_set(self._session, document, **changes, void_reason=str(reason))
        assert moved is not None, "the row is locked"
        self._note(principal, "void_document", case, moved, Detail.WRITE, HANDLE)
        return moved

    async def of_case(self, principal: Principal, case_id: UUID) -> Sequence[CaseDocument]:
        """Documents of a case in scope; that it was looked at is noted. Raises `NotFound`."""
        case = await self._cases.get(case_id)
        if case is None or not await self._cases.is_reached(case_id, principal.department_scope(READ)):
            raise NotFound(case_id)
        self._access.note(
            principal,
            action="list_documents",
            noun="services_hall.case",
            object_id=case_id,
            area=case.area,
            purpose=Purpose.CASE_HANDLING,
            detail=Detail.EXISTENCE,
            role=principal.role_in(READ, case.area, case.department),
        )
        return await self._documents.of_case(case_id)

    async def fetch(self, principal: Principal, id: UUID) -> tuple[CaseDocument, bytes]:
        """The paper with the full name, by who may see persons of the case in full; each fetch is noted.

        Raises `NotFound`, `DocumentErased`, `GlyphMissing`.
        """
        document = await self._documents.get(id)
        case = None if document is None else await self._cases.get(document.case_id)
        if document is None or case is None:
            raise NotFound(id)
        self._require_place(principal, PERSONAL, case)
        self._note(principal, "fetch_document", case, document, Detail.FULL, PERSONAL)
        return document, await self._issuing.typeset(document)

    async def verify(self, token: str, check_code: str) -> Verified:
        """Verify a paper by what its QR code holds. Raises `NotFound` for a token that no document has.

        A wrong check code is told as such, and nothing besides.
        """
        token, code = written_out(token), written_out(check_code)
        document = await self._documents.by_token(token) if may_be_token(token) else None
        if document is None:
            raise NotFound
        if not compare_digest(document.check_code.encode(), code.encode()):
            return Verified(Verification.WRONG_HASH)
        kind = DocumentKind(document.kind)
        outcome = Verification.GENUINE
        if document.status == DocumentStatus.VOIDED:
            outcome = Verification.VOIDED
        elif document.original_id is None:  # a receipt of custody is voided with its step
            case = await self._cases.get(document.case_id)
            assert case is not None, "by the foreign key"
            if not holds(case, await self._cases.steps(case.id), kind, document.step):
                outcome = Verification.SUPERSEDED
        told = self._issuing.opened(document) or {}
        name = told.get("addressee")
        plain = {key: told.get(key) for key in ("case", "item", "office", "date")}
        return Verified(outcome, kind, document.number, **plain, name=name and mask_name(name))

    def _require_place(self, principal: Principal, permission: str, case: Case) -> None:
        """At its counter, or where the file lies. Raises `NotFound`."""
        scope = principal.department_scope(permission)
        if not (scope.allows(*case.place) or scope.allows(case.area, case.department)):
            raise NotFound(case.id)

    def _note(
        self, principal: Principal, action: str, case: Case, document: CaseDocument, detail: Detail, permission: str
    ) -> None:
        places = ((case.area, case.department), case.place)
        roles = (principal.role_in(permission, *place) for place in places)
        self._access.note(
            principal,
            action=action,
            noun="registry.person" if case.person_id else NOUN,
            object_id=case.person_id or document.id,
            area=case.area,
            purpose=Purpose.CASE_HANDLING,
            detail=detail,
            role=next(filter(None, roles), None),
        )


def standing(case: Case, steps: Sequence[CaseStep], kind: DocumentKind) -> CaseStep | None:
    """The step of the document's action that stands, steps oldest first; None: none was taken, or it was taken back.

    An undo brings the columns of a case back: a step stands as long as the case holds what it set.
    """
    taken = [step for step in steps if step.step == ACTIONS[kind] and step.content is not None]
    return next((step for step in reversed(taken) if _stands(case, step.content or {}, kind)), None)


def holds(case: Case, steps: Sequence[CaseStep], kind: DocumentKind, of: int) -> bool:
    """Whether what a document says of the step `of` is so. A case has several special procedures, each with its own."""
    if kind is DocumentKind.SPECIAL:
        return any(step.version == of and _stands(case, step.content or {}, kind) for step in steps)
    step = standing(case, steps, kind)
    return step is not None and step.version == of


def _stands(case: Case, content: Mapping[str, Any], kind: DocumentKind) -> bool:
    column = MILESTONES[kind]
    then, now = content.get(column), getattr(case, column)
    if kind is DocumentKind.SPECIAL:  # it ends, and has been all the same
        return any(_instant(pause["start"]) == _instant(then) for pause in case.pauses)
    return bool(now) and (_instant(then) == now if isinstance(now, datetime) else then == now)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
