"""Who may know, enter and verify which circumstances, and what of it stands in the access log."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from services.registry.circumstances.domain.kinds import KINDS
from services.registry.circumstances.domain.rules import CircumstanceRecord
from services.registry.circumstances.repository import CircumstanceRepository, Seen
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

READ, MANAGE, VERIFY, RESTRICTED = (
    "circumstance.read",
    "circumstance.manage",
    "circumstance.verify",
    "circumstance.restricted",
)


def scope_of(principal: Principal, permission: str, kind: str) -> Scope:
    """Where a permission holds for a kind: of a sensitive one only by a grant that opens those, too."""
    return principal.scope(permission, RESTRICTED) if KINDS[kind].sensitive else principal.scope(permission)


def seen_by(principal: Principal, area: str) -> Seen:
    """What a list of an area shows. Raises `NotFound` for an area in which the caller may read nothing."""
    plain, sensitive = principal.scope(READ, within=area), Scope(())
    with suppress(NotFound):
        sensitive = principal.scope(READ, RESTRICTED, within=area)
    return Seen(plain, sensitive)


class KnownCircumstances:
    """Persons and their circumstances, as far as a caller may know them; every look and change is noted."""

    def __init__(self, context: UseCaseContext) -> None:
        self._access = context.access
        self._entries = CircumstanceRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def person(self, principal: Principal, id: UUID, permission: str, action: str) -> PersonRecord:
        """Somebody in scope, not locked. Raises `NotFound`."""
        return self._noted(principal, id, await self._persons.get(id), permission, action, Detail.MASKED)

    async def locked(self, principal: Principal, id: UUID, kind: str, action: str) -> PersonRecord:
        """Somebody of whom a circumstance of the kind may be entered, locked. Raises `NotFound`."""
        person = await self._persons.locked(id)
        if person is None or not scope_of(principal, MANAGE, kind).allows_any(*person.areas):
            note_nothing(self._access, principal, action, id)
            raise NotFound(id)
        note(self._access, principal, action, person, MANAGE, Detail.WRITE)
        return person

    async def entry(self, principal: Principal, id: UUID, action: str) -> CircumstanceRecord:
        """One that the caller may read, not locked. Raises `NotFound`."""
        entry = await self._entries.get(id)
        person = None if entry is None else await self._persons.get(entry.person_id)
        if entry is None or person is None or not scope_of(principal, READ, entry.kind).allows_any(*person.areas):
            raise NotFound(id)
        note(self._access, principal, action, person, READ, Detail.MASKED)
        return entry

    async def entries_locked(
        self, principal: Principal, ids: Sequence[UUID], permission: str, action: str, *, listed: bool = False
    ) -> Mapping[UUID, tuple[CircumstanceRecord, PersonRecord]]:
        """These, all of them, with their persons locked in the order of ids; each person is noted once.

        Raises `NotFound` if there is one that the caller may not change; `listed`: saying which of the body's.
        """
        before = await self._entries.all_of(ids)
        people = await self._persons.all_locked({one.person_id for one in before})
        found = {one.id: (one, people[one.person_id]) for one in await self._entries.all_of(ids)}
        for number, one in enumerate(ids):
            entry, person = found.get(one, (None, None))
            mine = entry and person and scope_of(principal, permission, entry.kind).allows_any(*person.areas)
            if not mine:
                raise NotFound.at(*([f"ids.{number}"] if listed else []), subject=one)
        for person in sorted(people.values(), key=lambda one: one.id):
            note(self._access, principal, action, person, permission, Detail.WRITE)
        return found

    def _noted(
        self, principal: Principal, id: UUID, person: PersonRecord | None, permission: str, action: str, detail: Detail
    ) -> PersonRecord:
        if person is None or not principal.scope(permission).allows_any(*person.areas):
            note_nothing(self._access, principal, action, id)
            raise NotFound(id)
        note(self._access, principal, action, person, permission, detail)
        return person
