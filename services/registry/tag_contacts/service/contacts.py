"""Use cases of contacts of tags (监护人, 责任人): enter, correct, keep, end, withdraw, undo; they follow merges."""

from datetime import date
from typing import Any
from uuid import UUID

from services.registry.life_events.domain import PersonDeceased, PersonNotActive
from services.registry.persons.domain import PersonRecord, require_kept
from services.registry.tag_contacts.domain import (
    ENDED,
    KEEPABLE,
    MOST,
    VALID,
    WITHDRAWN,
    ContactCorrection,
    ContactFields,
    ContactParty,
    ContactRelation,
    ContactStep,
    TagContactKnown,
    TagContactNotDue,
    TagContactNothingToUndo,
    TagContactTransitionError,
    TagContactUnchanged,
    TooManyTagContacts,
    check_days,
    check_party,
    check_relation,
    checked,
    corrected,
    require_transition,
)
from services.registry.tag_contacts.models import TagContact
from services.registry.tag_contacts.service.handling import (
    FULL,
    MANAGE,
    ShownContact,
    TagContactHandling,
    read_back,
    scope_of,
)
from services.registry.tags.repository import TagRecord, TagRepository
from services.registry.tags.service.tags import Tags
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.tags import TagContactRole
from shared.db.compare_and_set import Seen
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.written import compared


class TagContacts:
    """Use cases that change contacts. An heir of merges (`Heritage`)."""

    def __init__(self, context: UseCaseContext, tags: Tags) -> None:
        self._clock = context.clock
        self._tags = TagRepository(context.session)
        self._handling = TagContactHandling(context, tags)
        self._contacts = self._handling.contacts

    async def enter(self, principal: Principal, tag_id: UUID, new: ContactFields) -> ShownContact:
        """Enter a contact of an open tag.

        Raises `NotFound`, `Invalid`, `TagContactDoesNotFit`, `TagContactTransitionError`, `TagContactDatesWrong`,
        `PersonDeceased`, `PersonNotActive`, `TagContactKnown`, `TooManyTagContacts`.
        """
        tag, person = await self._handling.tag_locked(principal, tag_id)
        new = checked(new)
        if tag.ended_on is not None:
            raise TagContactTransitionError(tag_id)
        check_days("began_on", person.birth_date, new.began_on, today(self._clock))
        if new.person_id is not None:
            await self._check_person(principal, tag, person, new.role, new.person_id)
        made = new_id()
        await self._require_room(tag, new, but=made)
        contact = TagContact(
            id=made,
            version=1,
            tag_id=tag.id,
            person_id=person.id,
            role=str(new.role),
            party=str(new.party),
            party_id=new.person_id,
            subject=new.subject,
            relation=str(new.relation),
            contact_sealed=self._handling.seal(made, new.name, new.phone),
            began_on=new.began_on,
            ended_on=None,
            status=str(VALID),
            kept_for=None,
            started_by=None,
            recorded_at=self._clock.now(),
        )
        await self._handling.enter(principal.subject, contact, ContactStep.ENTERED)
        return await self._done(principal, contact, tag, person)

    async def correct(self, principal: Principal, id: UUID, new: ContactCorrection, *, expected: Seen) -> ShownContact:
        """Set right what is known of a valid contact, all of it; who it is stays. Raises `TagContactUnchanged` besides.

        Who sees name and phone masked cannot send them back: what is left out stays, unless they are seen in full.
        """
        contact, tag, person = await self._handling.locked(principal, id, expected)
        if contact.status != VALID:
            raise TagContactTransitionError(id)
        if contact.party_id is not None and (party := await self._handling.persons.get(contact.party_id)) is not None:
            require_kept(party)
        name, phone = self._handling.opened(id, contact.contact_sealed)
        if not scope_of(principal, FULL, tag.family).allows_any(*person.areas):
            new = ContactCorrection(new.relation, new.began_on, new.name or name, new.phone or phone)
        new = corrected(ContactParty(contact.party), new)
        check_relation(TagContactRole(contact.role), new.relation)
        check_days("began_on", person.birth_date, new.began_on, today(self._clock))
        if (contact.relation, contact.began_on, name, phone) == (new.relation, new.began_on, new.name, new.phone):
            raise TagContactUnchanged(id)
        await self._require_room(tag, self._fields(contact, new), but=id)
        sealed = self._handling.seal(id, new.name, new.phone)
        changes = {"relation": str(new.relation), "began_on": new.began_on, "contact_sealed": sealed}
        return await self._step(principal, contact, tag, person, ContactStep.CORRECTED, **changes)

    async def keep(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownContact:
        """A clerk has looked: who has moved out or is missing is the contact all the same.

        Raises `TagContactNotDue` unless that is why it has to be looked after.
        """
        contact, tag, person = await self._handling.locked(principal, id, expected)
        if contact.status != VALID:
            raise TagContactTransitionError(id)
        reason = await self._contacts.due_reason(id)
        if reason not in KEEPABLE or contact.kept_for == reason:
            raise TagContactNotDue(id)
        return await self._step(principal, contact, tag, person, ContactStep.KEPT, kept_for=str(reason))

    async def end(self, principal: Principal, id: UUID, *, ended_on: date, expected: Seen) -> ShownContact:
        """Somebody is the contact no more. Raises `TagContactDatesWrong` besides."""
        contact, tag, person = await self._handling.locked(principal, id, expected)
        require_transition(contact.status, ENDED, id)
        check_days("ended_on", contact.began_on, ended_on, today(self._clock))
        changes = {"status": str(ENDED), "ended_on": ended_on}
        return await self._step(principal, contact, tag, person, ContactStep.ENDED, **changes)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownContact:
        """A contact was entered by mistake."""
        contact, tag, person = await self._handling.locked(principal, id, expected)
        require_transition(contact.status, WITHDRAWN, id)
        return await self._step(principal, contact, tag, person, ContactStep.WITHDRAWN, status=str(WITHDRAWN))

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownContact:
        """Take back what was done last; asked again, what was done before that. What was undone is kept in the history.

        Raises `TagContactNothingToUndo`, `TagContactKnown`, `TooManyTagContacts` besides.
        """
        contact, tag, person = await self._handling.locked(principal, id, expected)
        before = await self._contacts.history.before(id, contact.version)
        if before is None:
            raise TagContactNothingToUndo(id)
        content = read_back(before.content)
        if content["status"] == VALID:
            name, phone = self._handling.opened(id, before.contact_sealed)
            relation = ContactRelation(content["relation"])
            again = ContactCorrection(relation, content["began_on"], name, phone)
            await self._require_room(tag, self._fields(contact, again), but=id)
        moved = await self._handling.move(
            principal.subject,
            contact,
            ContactStep.UNDONE,
            before.before,
            contact_sealed=before.contact_sealed,
            **content,
        )
        return await self._done(principal, moved, tag, person)

    async def hand_over(self, merged: PersonRecord, survivor: PersonRecord, *, event_id: UUID) -> None:
        """After a merge: contacts of tags that ended with it go on at the survivor's tag of the same code.

        Who is known there already, or is the survivor, is not entered once more. Both persons are locked.
        """
        theirs = {tag.code: tag for tag in await self._tags.of(survivor.id) if tag.ended_on is None}
        for ended in await self._tags.of(merged.id):
            tag = theirs.get(ended.code)
            if ended.ended_by != event_id or tag is None or tag.family != ended.family:
                continue
            await self._copy(ended, tag, survivor, event_id)

    async def carry_over(self, ended: TagRecord, tag: TagRecord, person: PersonRecord) -> None:
        """A tag goes on with another grade: whom to ask stays. For trusted doors, its person locked."""
        await self._copy(ended, tag, person, None)

    async def _copy(self, ended: TagRecord, tag: TagRecord, person: PersonRecord, event_id: UUID | None) -> None:
        """The valid contacts of a tag that has ended, entered at another one, of this person."""
        for one in await self._contacts.of(ended.id):
            if one.status != VALID or one.party_id == person.id:
                continue
            name, phone = self._handling.opened(one.id, one.contact_sealed)
            same = ContactCorrection(ContactRelation(one.relation), one.began_on, name, phone)
            try:
                await self._require_room(tag, self._fields(one, same), but=one.id)
            except (TagContactKnown, TooManyTagContacts):
                continue
            made = new_id()
            copied = {column: getattr(one, column) for column in COPIED}
            heir = TagContact(
                id=made,
                version=1,
                tag_id=tag.id,
                person_id=person.id,
                contact_sealed=self._handling.seal(made, name, phone),
                started_by=event_id,
                recorded_at=self._clock.now(),
                **copied,
            )
            await self._handling.enter(None, heir, ContactStep.HANDED_OVER)
        await self._handling.tell(tag, person)

    async def take_back(self, survivor: PersonRecord, *, event_id: UUID) -> None:
        """After a merge was taken back: what it handed to the survivor never was. The survivor is locked."""
        handed = [one for one in await self._contacts.started_by(event_id) if one.status != WITHDRAWN]
        for one in handed:
            await self._handling.move(None, one, ContactStep.TAKEN_BACK, None, status=str(WITHDRAWN))
        for tag_id in sorted({one.tag_id for one in handed}):
            tag = await self._tags.find(tag_id)
            assert tag is not None, "contacts are of tags"
            await self._handling.tell(tag, survivor)

    async def _step(
        self,
        principal: Principal,
        contact: TagContact,
        tag: TagRecord,
        person: PersonRecord,
        step: ContactStep,
        **changes: Any,
    ) -> ShownContact:
        moved = await self._handling.move(principal.subject, contact, step, contact.version, **changes)
        return await self._done(principal, moved, tag, person)

    async def _done(
        self, principal: Principal, contact: TagContact, tag: TagRecord, person: PersonRecord
    ) -> ShownContact:
        await self._handling.tell(tag, person)
        (shown,) = await self._handling.shown(principal, tag, person, [contact])
        return shown

    async def _check_person(
        self, principal: Principal, tag: TagRecord, ward: PersonRecord, role: TagContactRole, id: UUID
    ) -> None:
        """Raises `NotFound` for somebody outside the scope, `PersonDeceased`, `PersonNotActive`,
        `TagContactDoesNotFit`.
        """
        person = await self._handling.persons.get(id)
        if person is None or not scope_of(principal, MANAGE, tag.family).allows_any(*person.areas):
            raise NotFound.at("person_id", subject=id)
        if person.died_on is not None:
            raise PersonDeceased.at("person_id", subject=id)
        if person.status != PersonStatus.ACTIVE:
            raise PersonNotActive.at("person_id", subject=id)
        check_party(role, ward.id, id, person.birth_date, today=today(self._clock))

    async def _require_room(self, tag: TagRecord, new: ContactFields, *, but: UUID) -> None:
        """Raises `TagContactKnown` if the same one is valid in this role, `TooManyTagContacts`."""
        others = [one for one in await self._contacts.of(tag.id) if one.status == VALID and one.id != but]
        for one in others:
            if one.role == new.role and self._is_same(one, new):
                raise TagContactKnown(one.id)
        if len(others) >= MOST:
            raise TooManyTagContacts(tag.id)

    def _is_same(self, one: TagContact, new: ContactFields) -> bool:
        if new.party is not ContactParty.OUTSIDE:
            return one.party == new.party and (one.party_id, one.subject) == (new.person_id, new.subject)
        if one.party != ContactParty.OUTSIDE:
            return False
        name, phone = self._handling.opened(one.id, one.contact_sealed)
        return compared(name or "") == compared(new.name or "") and (None in (phone, new.phone) or phone == new.phone)

    def _fields(self, contact: TagContact, new: ContactCorrection) -> ContactFields:
        return ContactFields(
            role=TagContactRole(contact.role),
            party=ContactParty(contact.party),
            relation=new.relation,
            began_on=new.began_on,
            person_id=contact.party_id,
            subject=contact.subject,
            name=new.name,
            phone=new.phone,
        )


COPIED = ("role", "party", "party_id", "subject", "relation", "began_on", "ended_on", "status", "kept_for")
"""Columns of a contact that are the same after a merge."""
