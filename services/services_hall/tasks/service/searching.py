"""Search over cases (查找办件): by number, applicant, person, item, state and due date, within the caller's scope."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.services_hall.cases.models import Case
from services.services_hall.cases.service.digests import KIND, number_of
from services.services_hall.tasks.domain import READ, SearchWithoutWords
from services.services_hall.tasks.repository.tasks import CaseWords, TaskRepository
from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.services_hall.cases import CaseStatus
from shared.crypto.masking import mask_document, mask_name, mask_number
from shared.crypto.service import BlindKey
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext
from shared.reference.documents import FAMILIES, DocumentType, check_document, message

BUCKET = "case_search"
"""The rate limit of searches: that somebody has a case is itself personal data."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for; what is None is not asked."""

    number: str | None = None
    document: tuple[DocumentType, str] | None = field(default=None, repr=False)
    person_id: UUID | None = None
    item_id: UUID | None = None
    status: CaseStatus | None = None
    due_from: date | None = None
    due_to: date | None = None

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, name) is None for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case, and its applicant masked; None once that was erased."""

    case: Case
    name: str | None = field(repr=False)
    document_number: str | None = field(repr=False)


class CaseSearch:
    """The use case. Each case that is shown is noted, and so is that none was."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._tasks = TaskRepository(context.session)

    async def search(
        self,
        principal: Principal,
        area: str | None,
        sought: Sought,
        purpose: Purpose,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[FoundCase]:
        """Cases in scope, the newest first; one more than `limit`, if there is one, unnoted.

        Raises `SearchWithoutWords`, `Invalid` for a wrong number, `NotFound` for an area outside.
        """
        if sought.is_empty:
            raise SearchWithoutWords.at("body")
        keys = None if sought.document is None else self._keys(*sought.document)
        words = CaseWords(
            sought.number, keys, sought.person_id, sought.item_id, sought.status, sought.due_from, sought.due_to
        )
        scope = principal.department_scope(READ, within=area)
        cases = await self._tasks.search(scope, words, after=after, limit=limit + 1)
        sealed = {one.case_id: one.snapshot for one in await self._tasks.applicants([case.id for case in cases])}
        for case in cases[:limit]:
            self._note(principal, case, purpose)
        if not cases:
            self._note_nothing(principal, sought, area, purpose)
        return [_shown(case, self._opened(case.id, sealed.get(case.id))) for case in cases]

    def _keys(self, type_: DocumentType, number: str) -> Sequence[BlindKey]:
        document = check_document(type_, number, on=today(self._clock))
        if document.problems:
            path = "document.document_number"
            raise Invalid(errors=[FieldError(path, one, message(one)) for one in document.problems])
        blinded = number_of({"document_type": str(type_), "document_number": document.number})
        assert blinded is not None, "there is a number"
        return self._crypto.blind(KIND, blinded)

    def _opened(self, case: UUID, snapshot: bytes | None) -> Mapping[str, Any]:
        if not snapshot:
            return {}
        found: Mapping[str, Any] = json.loads(self._crypto.open(snapshot, field="applicants.snapshot", owner=case))
        return found

    def _note(self, principal: Principal, case: Case, purpose: Purpose) -> None:
        places = ((case.area, case.department), case.place)
        roles = (principal.role_in(READ, *place) for place in places)
        self._access.note(
            principal,
            action="search_case",
            noun="services_hall.case" if case.person_id is None else "registry.person",
            object_id=case.person_id or case.id,
            area=case.area,
            purpose=purpose,
            detail=Detail.MASKED,
            role=next(filter(None, roles), None),
        )

    def _note_nothing(self, principal: Principal, sought: Sought, area: str | None, purpose: Purpose) -> None:
        self._access.note(
            principal,
            action="search_case",
            noun="services_hall.case" if sought.person_id is None else "registry.person",
            object_id=sought.person_id,
            area=area,
            purpose=purpose,
            detail=Detail.EXISTENCE,
            result=Result.NOT_FOUND,
        )


def _shown(case: Case, fields: Mapping[str, Any]) -> FoundCase:
    name, number = fields.get("name"), fields.get("document_number")
    mask = mask_number if fields.get("document_type") in FAMILIES else mask_document
    return FoundCase(case, name and mask_name(name), number and mask(number))
