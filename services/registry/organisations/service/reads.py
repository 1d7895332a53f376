"""Reading of organisations (组织): one, its versions, lists, searches, counts, and announced again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.organisations.domain import (
    OrganisationContact,
    OrganisationFilter,
    OrganisationStep,
    checked_code,
)
from services.registry.organisations.repository import OrganisationRepository
from services.registry.organisations.service.handling import (
    OPEN,
    READ,
    OrganisationHandling,
    ShownOrganisation,
    read_back,
)
from shared.auth.principal import Principal
from shared.contracts.registry.organisations import OrganisationRestated, OrganisationState
from shared.crypto.masking import mask_name, mask_phone
from shared.errors import FieldError, Invalid, NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.written import compared

NOBODY = OrganisationContact()


@dataclass(frozen=True, slots=True, repr=False)
class ShownVersion:
    """What an organisation was from a step on, as this caller may see it. The repr shows nothing."""

    step: OrganisationStep
    done_by: str | None
    done_at: datetime
    organisation: ShownOrganisation


class OrganisationReads:
    """Reading of organisations; every look is noted in the access log."""

    def __init__(self, context: UseCaseContext) -> None:
        self._handling = OrganisationHandling(context)
        self._organisations = self._handling.organisations

    async def read(self, principal: Principal, id: UUID) -> ShownOrganisation:
        """One in scope; the look is noted. Raises `NotFound`."""
        organisation = await self._organisations.get(id)
        if organisation is None:
            raise NotFound(id)
        principal.scope(READ).require(organisation.area)
        return self._handling.shown(principal, "read_organisation", organisation, READ)

    async def history(self, principal: Principal, id: UUID, *, after: int, limit: int) -> Sequence[ShownVersion]:
        """What was done to one in scope, the first step first; the look is noted. Raises `NotFound`."""
        organisation = await self._organisations.get(id)
        if organisation is None:
            raise NotFound(id)
        principal.scope(READ).require(organisation.area)
        sight = self._handling.note(principal, "read_organisation_history", organisation, READ)
        shown = []
        for one in await self._organisations.history.page(id, after=after, limit=limit + 1):
            contact = self._handling.contact(id, one.contact_sealed, sight)
            was = ShownOrganisation(id, one.version, read_back(one.content), contact)
            shown.append(ShownVersion(OrganisationStep(one.step), one.done_by, one.done_at, was))
        return shown

    async def page(
        self, principal: Principal, area: str | None, wanted: OrganisationFilter, *, after: UUID | None, limit: int
    ) -> Sequence[ShownOrganisation]:
        """Those in scope, by id; each look is noted. One more than `limit`, if there is one, of which nobody is named.

        Raises `NotFound` for an area outside the scope, `Invalid` for a credit code that is none.
        """
        scope = principal.scope(READ, within=area)
        found = await self._organisations.page(scope, _sought(wanted), after=after, limit=limit + 1)
        shown = [self._handling.shown(principal, "list_organisations", one, READ) for one in found[:limit]]
        rest = (ShownOrganisation(one.id, one.version, dict.fromkeys(OPEN), NOBODY) for one in found[limit:])
        return [*shown, *rest]

    @staticmethod
    def masked(shown: ShownOrganisation) -> ShownOrganisation:
        """The same without the address, and who answers for it masked, if it is not so already."""
        name, phone = _starred(shown.contact.responsible, mask_name), _starred(shown.contact.phone, mask_phone)
        return replace(shown, contact=OrganisationContact(None, name, phone))

    async def count(self, principal: Principal, area: str | None, wanted: OrganisationFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._organisations.count(principal.scope(READ, within=area), _sought(wanted))


def _starred(text: str | None, mask: Callable[[str], str]) -> str | None:
    return text if text is None or "*" in text else mask(text)


def _sought(wanted: OrganisationFilter) -> OrganisationFilter:
    """Name and code in the form in which they are kept."""
    errors: list[FieldError] = []
    code = None if wanted.credit_code is None else checked_code(wanted.credit_code, errors)
    name = None if wanted.name is None else compared(wanted.name)
    if name == "":
        errors.append(FieldError("name", "empty", "请填写要查找的名称"))
    if errors:
        raise Invalid(errors=errors)
    return replace(wanted, name=name, credit_code=code)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[OrganisationRestated]:
    """Restated facts of the next organisations, their rows locked."""
    rows = await OrganisationRepository(session).locked_after(UUID(after) if after else None, limit)
    return [OrganisationRestated(state=OrganisationState.model_validate(row)) for row in rows]
