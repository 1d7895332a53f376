"""Receipts of custody (原件凭证): issued as an original goes from one hand into another, voided with that step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from services.services_hall.cases.repository import CaseRepository
from services.services_hall.documents.documents import passing_said
from services.services_hall.documents.domain import DocumentKind, DocumentStatus, VoidReason
from services.services_hall.documents.models import CaseDocument
from services.services_hall.documents.repository import DocumentRepository
from services.services_hall.documents.service.issuing import Issuing
from shared.auth.principal import Principal
from shared.contracts.registry.areas import AreaState
from shared.db.compare_and_set import compare_and_set
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected

Hand: TypeAlias = tuple[str | None, str | None, str | None]
"""Who has it: login, area and department."""


@dataclass(frozen=True, slots=True)
class Passing:
    """An original goes from one hand into another by the step that led to `version`. `name`: what kind of paper."""

    kind: DocumentKind
    original: UUID
    version: int
    name: str


class CustodyReceipts:
    """Receipts of originals, as `Documents` for the papers of a case."""

    def __init__(self, context: UseCaseContext, departments: Mapping[str, str], address: str) -> None:
        self._session = context.session
        self._clock = context.clock
        self._departments = departments
        self._issuing = Issuing(context, departments, address)
        self._cases = CaseRepository(context.session)
        self._documents = DocumentRepository(context.session)

    async def issue(
        self, principal: Principal, case_id: UUID, passing: Passing, giver: Hand | None, receiver: Hand | None
    ) -> CaseDocument:
        """The receipt. No giver, no receiver: the applicant. Raises `DocumentErased`."""
        case = await self._cases.get(case_id)
        assert case is not None, "by the foreign key"
        telling = await self._issuing.telling(case)
        hands = (await self._office(giver), await self._office(receiver))
        said = passing_said(passing.kind, telling, passing.name, self._clock.now(), *hands)
        return await self._issuing.enter(principal, telling, passing.kind, said, passing.version, passing.original)

    async def void(self, original: UUID, version: int, by: str) -> None:
        """The step that led to a version was taken back, or never was: its receipt holds no more."""
        for one in await self._documents.of_original(original):
            if one.step == version and one.status == DocumentStatus.ISSUED:
                gone = {"status": DocumentStatus.VOIDED, "voided_at": self._clock.now(), "voided_by": by}
                await compare_and_set(self._session, one, **gone, void_reason=str(VoidReason.WRONG_STEP))

    async def restore(self, original: UUID, version: int) -> None:
        """That was entered wrong: the receipt of the step holds again."""
        for one in await self._documents.of_original(original):
            if one.step == version and one.status == DocumentStatus.VOIDED:
                again = {"voided_at": None, "voided_by": None, "void_reason": None}
                await compare_and_set(self._session, one, status=DocumentStatus.ISSUED, **again)

    async def of(self, original: UUID) -> Sequence[CaseDocument]:
        """Receipts of an original, the first one first."""
        return await self._documents.of_original(original)

    async def fetch(self, original: UUID, version: int) -> bytes:
        """The receipt of the step that led to a version, for a caller whose right was judged.

        Raises `NotFound`, `DocumentErased`, `GlyphMissing`.
        """
        found = [one for one in await self._documents.of_original(original) if one.step == version]
        if not found:
            raise NotFound(original)
        return await self._issuing.typeset(found[-1])

    async def _office(self, hand: Hand | None) -> str:
        """Who has it, in words: an office and the login there; the applicant."""
        if hand is None:
            return "申请人"
        account, area, department = hand
        state = await projected(self._session, AreaState, area)
        place = area if state is None else state.name
        return f"{place} {self._departments.get(department or '', department or '')}（经手人账号 {account}）"
