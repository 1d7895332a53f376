"""Who somebody in a case is: by an extract of registry, or typed at the counter."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.services_hall.cases.domain.persons import TypedPerson
from services.services_hall.cases.domain.refusals import (
    ApplicantUnclear,
    ExtractForOtherUse,
    ExtractRefused,
    ExtractUsed,
)
from services.services_hall.cases.repository import CaseRepository
from shared.auth.access_log import Purpose
from shared.clock import today
from shared.contracts.registry.persons import PersonState
from shared.crypto.extracts import ExtractError, ExtractReader, VerifiedExtract
from shared.errors import NotYet
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected

AUDIENCE = "services_hall"
"""For whom an extract must be made."""
NEEDED = frozenset({"name", "document_type", "document_number", "phone"})
"""What an extract must say of the applicant, if only that there is none."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Somebody as an extract attests or as typed: then without ids."""

    fields: dict[str, Any] = field(repr=False)
    person_id: UUID | None = None
    extract_id: UUID | None = None


class Identification:
    """Without `extracts`, the reader of what registry seals, every extract is refused."""

    def __init__(self, context: UseCaseContext, extracts: ExtractReader | None) -> None:
        self._session = context.session
        self._clock = context.clock
        self._extracts = extracts
        self._cases = CaseRepository(context.session)

    async def identify(self, extract: str | None, typed: TypedPerson | None, area: str, path: str) -> Identified:
        """Somebody at the counter of an area, by one of the two ways.

        Raises `ApplicantUnclear`, `ExtractRefused`, `ExtractForOtherUse`, `ExtractUsed`, `NotYet` if who registry
        vouches for has not arrived here, `Invalid` with paths below `path` for what is typed wrong.
        """
        if (extract is None) == (typed is None):
            raise ApplicantUnclear.at("extract", path)
        if typed is not None:
            return Identified(typed.cleaned(path, today(self._clock)))
        assert extract is not None, "one of the two"
        read = self._read(extract, area)
        if await projected(self._session, PersonState, read.person_id) is None:
            detail = "底册刚刚登记此人，办事大厅尚未收到，请稍后重试。"
            raise NotYet.at("extract", subject=read.person_id, detail=detail)
        if await self._cases.is_used(read.id):
            raise ExtractUsed
        return Identified(dict(read.fields), read.person_id, read.id)

    def _read(self, extract: str, area: str) -> VerifiedExtract:
        """What registry attests for a case at this counter, whole."""
        if self._extracts is None:
            raise ExtractRefused.at("extract")
        try:
            read = self._extracts.read(extract, audience=AUDIENCE, now=self._clock.now())
        except ExtractError as error:
            raise ExtractRefused.at("extract") from error
        if (read.purpose, read.place) != (Purpose.CASE_HANDLING, area):
            raise ExtractForOtherUse.at("extract")
        if not read.fields.keys() >= NEEDED or not read.fields["name"]:
            raise ExtractRefused.at("extract")
        return read
