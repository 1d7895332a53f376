"""Who looked at a person: the person's right to know."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.accesses import repository
from services.registry.accesses.repository import AccessRecord
from services.registry.persons.repository.persons import Persons
from shared.auth.access_log import AccessNotes
from shared.auth.principal import Principal
from shared.errors import NotFound

PERMISSION = "person.accesses"


class Accesses:
    """Use cases of the access log as seen from a person."""

    def __init__(self, session: AsyncSession, access: AccessNotes) -> None:
        self._accesses = repository.Accesses(session)
        self._persons = Persons(session)
        self._access = access

    async def of_person(
        self, principal: Principal, id: UUID, *, after: tuple[datetime, str, int, int] | None, limit: int
    ) -> Sequence[AccessRecord]:
        """The newest first. To look here is noted as well."""
        person = await self._persons.one(id)
        if person is None or not principal.scope(PERMISSION).allows_any(*person.areas):
            raise NotFound(id)
        self._access.note(
            principal,
            action="read_accesses",
            noun="registry.person",
            object_id=id,
            area=person.area,
            role=principal.role_in(PERMISSION, person.area),
        )
        return await self._accesses.page(id, after=after, limit=limit)
