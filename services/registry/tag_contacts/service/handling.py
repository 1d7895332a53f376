"""What every use case of a contact does: find it in scope, move it, record the version, tell its tag, show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.merged import going_on
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import disclose
from services.registry.persons.service.notes import (
    CONTACT,
    READ_CONTACTS,
    READ_RESTRICTED_CONTACTS,
    RESTRICTED_CONTACT,
    note,
    note_nothing,
)
from services.registry.tag_contacts.domain import (
    VALID,
    ContactStep,
    DueReason,
    TagContactTransitionError,
    due_reason,
    told,
)
from services.registry.tag_contacts.models import TagContact, TagContactVersion
from services.registry.tag_contacts.repository import TagContactRepository
from services.registry.tags.domain import Family
from services.registry.tags.repository import TagRecord, TagRepository
from services.registry.tags.service.tags import Tags
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.crypto.masking import mask_name, mask_phone
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

READ, MANAGE, FULL, RESTRICTED = "tag.read", "tag.manage", "tag.contact", "tag.restricted"
SEALED = "tag_contact.contact"
"""Name under which name and phone are sealed."""
OPEN = ("role", "party", "party_id", "subject", "relation", "began_on", "ended_on", "status", "kept_for")
"""Columns of a version that are not sealed."""
LOOKING = {Family.CARE: READ_CONTACTS, Family.SENSITIVE: READ_RESTRICTED_CONTACTS}
CHANGING = {Family.CARE: CONTACT, Family.SENSITIVE: RESTRICTED_CONTACT}
"""Actions in the access log: what was done to which contact stands in its own history."""


@dataclass(frozen=True, slots=True, repr=False)
class ShownContact:
    """A contact as this caller may see it: name and phone masked for who may not. The repr shows nothing.

    `due`: why it has to be looked after; None: it does not.
    """

    id: UUID
    version: int
    tag_id: UUID
    person_id: UUID
    values: Mapping[str, Any]
    name: str | None
    phone: str | None
    due: DueReason | None


def scope_of(principal: Principal, permission: str, family: str) -> Scope:
    """Where a permission holds for a family: of the sensitive one only by a grant that opens its tags, too."""
    if Family(family) is Family.SENSITIVE:
        return principal.scope(permission, RESTRICTED)
    return principal.scope(permission)


class TagContactHandling:
    """Handling of contacts for their use cases. Persons are locked before their tags and contacts are read again."""

    def __init__(self, context: UseCaseContext, tags: Tags) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._all_tags = TagRepository(context.session)
        self._tags = tags
        self.persons = PersonRepository(context.session)
        self.contacts = TagContactRepository(context.session)

    async def tag(self, principal: Principal, id: UUID) -> tuple[TagRecord, PersonRecord]:
        """A tag that the caller may read, with its person, not locked; noted. Raises `NotFound`."""
        tag = await self._all_tags.find(id)
        person = None if tag is None else await self.persons.get(tag.person_id)
        if tag is None or person is None or not scope_of(principal, READ, tag.family).allows_any(*person.areas):
            note_nothing(self._access, principal, READ_CONTACTS, None)
            raise NotFound(id)
        note(self._access, principal, LOOKING[Family(tag.family)], person, READ, self._detail(principal, tag, person))
        return tag, person

    async def tag_locked(self, principal: Principal, id: UUID) -> tuple[TagRecord, PersonRecord]:
        """A tag of which the caller may change contacts, its person locked; noted. Raises `NotFound`."""
        found = await self._all_tags.find(id)
        person = None if found is None else await self.persons.locked(found.person_id)
        if found is None or person is None or not scope_of(principal, MANAGE, found.family).allows_any(*person.areas):
            note_nothing(self._access, principal, CONTACT, None)
            raise NotFound(id)
        note(self._access, principal, CHANGING[Family(found.family)], person, MANAGE, Detail.WRITE)
        return await self._all_tags.find(id) or found, person

    async def locked(
        self, principal: Principal, id: UUID, expected: Seen
    ) -> tuple[TagContact, TagRecord, PersonRecord]:
        """A contact that the caller may change, with its tag and the locked person of that.

        Raises `NotFound`, `VersionMismatch`, `TagContactTransitionError` if the tag has ended.
        """
        seen = await self.contacts.get(id)
        if seen is None:
            note_nothing(self._access, principal, CONTACT, None)
            raise NotFound(id)
        tag, person = await self.tag_locked(principal, seen.tag_id)
        contact = await self.contacts.get(id) or seen
        require_version(contact, expected)
        if tag.ended_on is not None:
            raise TagContactTransitionError(id)
        return contact, tag, person

    def seal(self, id: UUID, name: str | None, phone: str | None) -> bytes:
        return self._crypto.seal(orjson.dumps([name, phone]).decode(), field=SEALED, owner=id)

    def opened(self, id: UUID, sealed: bytes) -> tuple[str | None, str | None]:
        if not sealed:  # erased
            return None, None
        name, phone = orjson.loads(self._crypto.open(sealed, field=SEALED, owner=id))
        return name, phone

    async def enter(self, by: str | None, contact: TagContact, step: ContactStep) -> TagContact:
        """A new one; its first version."""
        await self.contacts.add(contact)
        await self._record(by, contact, step, None)
        return contact

    async def move(
        self, by: str | None, seen: TagContact, step: ContactStep, before: int | None, **changes: Any
    ) -> TagContact:
        """The next version. `before`: the version that an undo of it brings back."""
        moved = await compare_and_set(self._session, seen, **changes)
        assert moved is not None, "a contact is changed under the lock of the tag's person"
        await self._record(by, moved, step, before)
        return moved

    async def tell(self, tag: TagRecord, person: PersonRecord) -> None:
        """Let the tag announce who is valid now, if that changed."""
        valid = [one for one in await self.contacts.of(tag.id) if one.status == VALID]
        await self._tags.set_contacts(tag, person, told(valid))

    async def shown(
        self, principal: Principal, tag: TagRecord, person: PersonRecord, contacts: Sequence[TagContact]
    ) -> Sequence[ShownContact]:
        """Contacts as the caller may see them, of whom those of the register as they are called now.

        The register's own name and phone are in full only for who sees them in the areas of that person, too, at whom
        the look is noted.
        """
        scope = scope_of(principal, FULL, tag.family)
        full = scope.allows_any(*person.areas)
        named = {one.party_id for one in contacts if one.party_id is not None}
        last = await going_on(self._session, named) if named else {}
        people = {one: await self.persons.get(one) for one in set(last.values())}
        found = []
        for one in contacts:
            party = None if one.party_id is None else people[last[one.party_id]]
            theirs = party is not None and scope.allows_any(*party.areas)
            name, phone = self._named(one.id, one.contact_sealed, party, full=full, theirs=full and theirs)
            reason = None
            if party is not None and one.status == VALID:
                reason = due_reason(one.person_id, party.id, party.status)
            if one.kept_for is not None and reason == one.kept_for:
                reason = None
            values = {column: getattr(one, column) for column in OPEN}
            found.append(ShownContact(one.id, one.version, one.tag_id, one.person_id, values, name, phone, reason))
        for each in sorted(people):
            if (party := people[each]) is not None:
                self._note_party(principal, tag, person, party, full=full and scope.allows_any(*party.areas))
        return found

    def _note_party(
        self, principal: Principal, tag: TagRecord, person: PersonRecord, party: PersonRecord, *, full: bool
    ) -> None:
        """Whoever is shown as a contact is looked at as well, where the tag is."""
        self._access.note(
            principal,
            action=LOOKING[Family(tag.family)],
            noun="registry.person",
            object_id=party.id,
            area=next((one for one in person.areas if one is not None), None),
            detail=Detail.FULL if full else Detail.MASKED,
            role=principal.role_in(READ, next((one for one in person.areas if one is not None), None)),
        )

    async def shown_versions(
        self, principal: Principal, tag: TagRecord, person: PersonRecord, versions: Sequence[TagContactVersion]
    ) -> Sequence[ShownContact]:
        """What a contact was from its steps on, as the caller may see it; nothing is due of what is past."""
        was = [
            TagContact(
                id=one.contact_id,
                version=one.version,
                tag_id=tag.id,
                person_id=person.id,
                contact_sealed=one.contact_sealed,
                **read_back(one.content),
            )
            for one in versions
        ]
        return await self.shown(principal, tag, person, was)

    def _named(
        self, id: UUID, sealed: bytes, party: PersonRecord | None, *, full: bool, theirs: bool
    ) -> tuple[str | None, str | None]:
        """Name and phone: what was entered, else the register's own, in full if that may be seen (`theirs`)."""
        name, phone = self.opened(id, sealed)
        if not full:
            name, phone = name and mask_name(name), phone and mask_phone(phone)
        if party is None:
            return name, phone
        register = disclose(party, self._crypto, full=theirs)
        return register.name, phone or register.phone

    def _detail(self, principal: Principal, tag: TagRecord, person: PersonRecord) -> Detail:
        full = scope_of(principal, FULL, tag.family).allows_any(*person.areas)
        return Detail.FULL if full else Detail.MASKED

    async def _record(self, by: str | None, now: TagContact, step: ContactStep, before: int | None) -> None:
        content = {name: getattr(now, name) for name in OPEN}
        await self.contacts.history.record(
            now.id,
            version=now.version,
            step=str(step),
            before=before,
            content=orjson.loads(orjson.dumps(content, default=str)),
            contact_sealed=now.contact_sealed,
            done_by=by,
            done_at=self._clock.now(),
        )


def read_back(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a recorded version, in the types of the table."""
    read = dict(content)
    for name in ("began_on", "ended_on"):
        read[name] = read[name] and date.fromisoformat(read[name])
    read["party_id"] = read["party_id"] and UUID(read["party_id"])
    return read
