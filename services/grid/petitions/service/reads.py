"""Petitions (信访) as offices read them: lists, counts, one with its history; who petitions is masked or in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.petitions.domain.codes import PetitionStep
from services.grid.petitions.domain.rules import PetitionFilter
from services.grid.petitions.models import Petition
from services.grid.petitions.repository import PetitionRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.auth.scope import inside
from shared.clock import today
from shared.contracts.grid.petitions import PetitionRestated, PetitionState
from shared.crypto.masking import STARS, mask_name, mask_phone
from shared.errors import Forbidden, NotFound, PurposeRequired
from shared.messaging.context import UseCaseContext

READ, PERSONAL = "petition.read", "petition.personal"
MOST_STEPS = 200
"""Steps of a history that are shown."""


@dataclass(frozen=True)
class PetitionLine:
    """A line of the history with its note opened."""

    version: int
    step: PetitionStep
    actor: str | None
    at: datetime
    reason: str | None
    note: str | None


@dataclass(frozen=True)
class PetitionRecord:
    """A petition with its words opened; who petitions masked, or in full."""

    petition: Petition
    person_id: UUID | None
    name: str | None
    phone: str | None
    address: str | None
    claim: str | None
    masked: bool
    steps: Sequence[PetitionLine]


class Petitions:
    """Use cases that read petitions."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._petitions = PetitionRepository(context.session)

    async def read(
        self, principal: Principal, id: UUID, *, full: bool = False, purpose: Purpose | None = None
    ) -> PetitionRecord:
        """A petition, opened; noted in the access log. `full`: who petitions unmasked, for a stated purpose.

        Raises `NotFound`, `Forbidden`, `PurposeRequired`.
        """
        scope = principal.department_scope(READ)
        petition = await self._petitions.get(id, scope.where(Petition.office, Petition.department))
        if petition is None:
            raise NotFound(id)
        place = petition.office, petition.department
        if full and not principal.department_scope(READ, PERSONAL).allows(*place):
            raise Forbidden
        if full and purpose is None:
            raise PurposeRequired.at("query.purpose")
        self._access.note(
            principal,
            action="read_full" if full else "read",
            noun="grid.petition",
            object_id=id,
            area=petition.area,
            purpose=purpose or Purpose.INCIDENT,
            detail=Detail.FULL,
            role=principal.role_in(PERSONAL if full else READ, *place),
        )
        return await self._opened(petition, full=full)

    async def page(
        self, principal: Principal, wanted: PetitionFilter, *, after: UUID | None = None, limit: int = 50
    ) -> Sequence[Petition]:
        """Petitions of the caller's areas and department, the newest first. Raises `NotFound` for an area outside."""
        scope = _visible_to(principal, wanted.area)
        return await self._petitions.page(scope, wanted, today=today(self._clock), after=after, limit=limit)

    async def count(self, principal: Principal, wanted: PetitionFilter) -> int:
        """How many `page` gives in all."""
        scope = _visible_to(principal, wanted.area)
        return await self._petitions.count(scope, wanted, today=today(self._clock))

    async def _opened(self, petition: Petition, *, full: bool) -> PetitionRecord:
        owner = str(petition.id)
        name = self._open(petition.name, "petition.name", owner)
        phone = self._open(petition.phone, "petition.phone", owner)
        address = self._open(petition.address, "petition.address", owner)
        if not full:
            name, phone = name and mask_name(name), phone and mask_phone(phone)
            address = address and STARS
        lines = await self._petitions.history.page(petition.id, after=0, limit=MOST_STEPS)
        return PetitionRecord(
            petition=petition,
            person_id=petition.person_id,
            name=name,
            phone=phone,
            address=address,
            claim=self._open(petition.claim, "petition.claim", owner),
            masked=not full,
            steps=[
                PetitionLine(
                    version=one.version,
                    step=PetitionStep(one.step),
                    actor=one.done_by,
                    at=one.done_at,
                    reason=one.reason,
                    note=self._open(one.note, "petition_step.note", f"{owner}:{one.version}"),
                )
                for one in lines
            ],
        )

    def _open(self, sealed: bytes | None, field: str, owner: str) -> str | None:
        return self._crypto.open(sealed, field=field, owner=owner) if sealed else None


def _visible_to(principal: Principal, area: str | None) -> ColumnElement[bool]:
    """The one predicate of list and count: by the office that has a petition, not by the area that it is about."""
    offices = principal.department_scope(READ).where(Petition.office, Petition.department)
    if area is None:
        return offices
    principal.department_scope(READ, within=area)
    return and_(offices, inside(Petition.area, area))


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PetitionRestated]:
    """The next petitions' states, rows locked."""
    found = await PetitionRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [PetitionRestated(state=PetitionState.model_validate(one)) for one in found]
