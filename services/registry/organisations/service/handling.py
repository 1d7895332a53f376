"""What every use case of an organisation does: lock it, move it, record the version, announce it, show it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from services.registry.areas.repository import AreaRepository
from services.registry.organisations.domain import (
    ACTIVE,
    OrganisationContact,
    OrganisationFields,
    OrganisationKnown,
    OrganisationStep,
)
from services.registry.organisations.models import Organisation
from services.registry.organisations.repository import OrganisationRepository
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.registry.organisations import OrganisationState
from shared.crypto.masking import mask_name, mask_phone
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of
from shared.reference.written import compared

MANAGE, READ, CONTACT = "organisation.manage", "organisation.read", "organisation.contact"
ADDRESS = "building.address"
"""Who sees addresses of buildings sees those of organisations."""
SEALED = "organisation.contact"
"""Name under which address, responsible person and phone are sealed."""
OPEN = (
    *("area", "kind", "name", "credit_code", "registration", "registered_on", "members"),
    *("status", "began_on", "ended_on", "earlier"),
)
"""Columns of a version that are not sealed."""
DAYS = frozenset({"registered_on", "began_on", "ended_on"})


@dataclass(frozen=True, slots=True, repr=False)
class ShownOrganisation:
    """An organisation as this caller may see it: who answers for it is masked for who may not. The repr shows nothing.

    `values`: the columns that are not sealed.
    """

    id: UUID
    version: int
    values: Mapping[str, Any]
    contact: OrganisationContact


class Sight(NamedTuple):
    """What a caller sees of an organisation: who answers for it in full, and the address."""

    full: bool
    address: bool


class OrganisationHandling:
    """Handling of one organisation for its use cases."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._outbox = context.outbox
        self._access = context.access
        self._areas = AreaRepository(context.session)
        self.organisations = OrganisationRepository(context.session)

    async def locked(self, principal: Principal, id: UUID, expected: Seen, *, placed: bool = False) -> Organisation:
        """One that the caller may change, locked. Raises `NotFound`, `VersionMismatch`.

        `placed`: its village is asked for besides, and held before it, as changes of areas lock both.
        """
        if placed and (seen := await self.organisations.get(id)) is not None:
            await self._areas.villages({village_of(seen.area)})
        organisation = await self.organisations.locked(id)
        if organisation is None:
            raise NotFound(id)
        principal.scope(MANAGE).require(organisation.area)
        require_version(organisation, expected)
        return organisation

    async def require_alone(self, id: UUID, area: str, name: str, code: str | None) -> None:
        """Raises `OrganisationKnown` if another active one of the village has the name or the code."""
        others = await self.organisations.known(village_of(area), compared(name), code, but=id)
        if others:
            same = compared(name) in {one.compared for one in others}
            raise OrganisationKnown.at("name" if same else "credit_code")

    def seal(self, id: UUID, contact: OrganisationContact) -> bytes:
        text = orjson.dumps([contact.address, contact.responsible, contact.phone]).decode()
        return self._crypto.seal(text, field=SEALED, owner=id)

    def opened(self, id: UUID, sealed: bytes) -> OrganisationContact:
        return OrganisationContact(*orjson.loads(self._crypto.open(sealed, field=SEALED, owner=id)))

    async def enter(self, principal: Principal, new: OrganisationFields, id: UUID) -> Organisation:
        """A new one, active; its first version."""
        organisation = Organisation(
            id=id,
            version=1,
            **columns_of(new),
            entered_in=village_of(new.area),
            contact_sealed=self.seal(id, new.contact),
            status=ACTIVE,
            ended_on=None,
            earlier=[],
            former=[],
            recorded_at=self._clock.now(),
        )
        await self.organisations.add(organisation)
        await self._record(principal.subject, organisation, OrganisationStep.ENTERED, None)
        return organisation

    async def move(
        self, by: str | None, seen: Organisation, step: OrganisationStep, before: int | None, **changes: Any
    ) -> Organisation:
        """The next version. `before`: the version that an undo of it brings back."""
        moved = await compare_and_set(self._session, seen, **changes)
        assert moved is not None, "the row is locked"
        await self._record(by, moved, step, before)
        return moved

    async def relocate(self, organisation: Organisation, area: str, former: list[Any]) -> Organisation:
        """Another area by a change of areas: what an undo brings back stays what it was."""
        own, name, code = organisation.id, organisation.compared, organisation.credit_code
        before = (await self.organisations.history.get(own, organisation.version)).before
        village: str | None = village_of(area)
        if organisation.status == ACTIVE and await self.organisations.known(village_of(area), name, code, but=own):
            village = None
        step = OrganisationStep.BOUNDARY_CHANGED
        return await self.move(None, organisation, step, before, area=area, former=former, entered_in=village)

    async def _record(self, by: str | None, now: Organisation, step: OrganisationStep, before: int | None) -> None:
        content = {name: getattr(now, name) for name in OPEN}
        await self.organisations.history.record(
            now.id,
            version=now.version,
            step=str(step),
            before=before,
            content=orjson.loads(orjson.dumps(content)),
            contact_sealed=now.contact_sealed,
            done_by=by,
            done_at=self._clock.now(),
        )

    def done(
        self, principal: Principal, action: str, organisation: Organisation, fact: type[Fact[OrganisationState]]
    ) -> ShownOrganisation:
        self._outbox.add(fact(state=OrganisationState.model_validate(organisation)))
        return self.shown(principal, action, organisation, MANAGE, Detail.WRITE)

    def shown(
        self,
        principal: Principal,
        action: str,
        organisation: Organisation,
        permission: str,
        detail: Detail | None = None,
    ) -> ShownOrganisation:
        """As the caller may see it; the look is noted."""
        sight = self.note(principal, action, organisation, permission, detail)
        values = {name: getattr(organisation, name) for name in OPEN}
        contact = self.contact(organisation.id, organisation.contact_sealed, sight)
        return ShownOrganisation(organisation.id, organisation.version, values, contact)

    def note(
        self,
        principal: Principal,
        action: str,
        organisation: Organisation,
        permission: str,
        detail: Detail | None = None,
    ) -> Sight:
        """Note a look in the access log. Answers what the caller sees of it."""
        full = principal.scope(permission, CONTACT).allows(organisation.area)
        address = principal.scope(permission, ADDRESS).allows(organisation.area)
        self._access.note(
            principal,
            action=action,
            noun="registry.organisation",
            object_id=organisation.id,
            area=organisation.area,
            detail=detail or (Detail.FULL if full else Detail.MASKED),
            role=principal.role_in(permission, organisation.area),
        )
        return Sight(full, address)

    def contact(self, id: UUID, sealed: bytes, sight: Sight) -> OrganisationContact:
        """Where it is and who answers for it, as far as the caller sees it."""
        contact = self.opened(id, sealed)
        if not sight.address:
            contact = replace(contact, address=None)
        if sight.full:
            return contact
        name, phone = contact.responsible, contact.phone
        return replace(contact, responsible=name and mask_name(name), phone=phone and mask_phone(phone))


def columns_of(new: OrganisationFields) -> dict[str, Any]:
    """The columns of what is entered that are not sealed."""
    return {
        "area": new.area,
        "kind": new.kind,
        "name": new.name,
        "compared": compared(new.name),
        "credit_code": new.credit_code,
        "registration": new.registration,
        "registered_on": new.registered_on,
        "members": new.members,
        "began_on": new.began_on,
    }


def read_back(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a recorded version, days as days."""
    return {
        name: date.fromisoformat(value) if name in DAYS and value is not None else value
        for name, value in content.items()
    }
