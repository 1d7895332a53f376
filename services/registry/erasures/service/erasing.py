"""Erasing in the register itself (清除): whatever is sealed of somebody, in one transaction with the decision."""

from collections.abc import Collection, Mapping
from uuid import UUID

import orjson

from services.registry.erasures.domain import may_be_erased
from services.registry.erasures.repository.reaching import ReachingRepository
from services.registry.persons.domain import ERASED_NAME, PersonRecord
from services.registry.persons.repository.merged import stood_as
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import MASKED, NAME
from shared.contracts.registry.persons import PersonErased, PersonState
from shared.erasures.records import RecordErasing
from shared.errors import Unavailable, VersionMismatch
from shared.files.erasing import erase_files
from shared.messaging.context import UseCaseContext

NAMELESS = orjson.dumps([ERASED_NAME, None, None]).decode()
"""What most readers are shown: name, number and phone."""


class RegisterErasing:
    """Erasing of everything sealed of a person, under all ids under which the person stood.

    What is no value stays: spans, life events, postings, codes, months, sex and birth date, so that books and figures
    are what they were.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._outbox = context.outbox
        self._persons = PersonRepository(context.session)
        self._rows = ReachingRepository(context.session)
        self._records = RecordErasing(context)

    async def locked(self, person_id: UUID) -> Mapping[UUID, PersonRecord]:
        """Whoever the person stands for, locked as by `all_locked`.

        Raises `Unavailable` if somebody was merged into the person at this moment.
        """
        known = await self._group(person_id)
        locked = await self.all_locked(known)
        if await self._group(person_id) != known:
            raise Unavailable(retry_after=1)
        return locked

    async def all_locked(self, ids: Collection[UUID]) -> Mapping[UUID, PersonRecord]:
        """These as far as they exist, locked together with everybody whose tags have them as contacts.

        In one statement, in the order of ids, as everybody locks several persons: two who are contacts of each other
        would wait for each other else. Who may be erased becomes nobody's contact meanwhile: contacts live here.
        """
        locked = await self._persons.all_locked({*ids, *await self._rows.looked_after(ids)})
        return {one.id: one for one in locked.values() if one.id in ids}

    async def erase(self, persons: Collection[PersonRecord], by: str) -> Mapping[str, int] | None:
        """Erase what is kept of these, who are locked by `all_locked`. How many of each.

        None if one of them belongs to the register.

        Asked again it erases what has come since, and changes nobody who is erased.
        """
        if not all(map(may_be_erased, persons)):
            return None
        ids, now = [one.id for one in persons], self._clock.now()
        corrections = await self._rows.corrections(ids)
        counts = {
            "corrections": len(corrections),
            "reversals": await self._rows.reversals(ids),
            "marriages": await self._rows.marriages(ids),
            "contacts": await self._rows.contacts(ids),
            "terms": await self._rows.terms(ids),
            "consents": await self._rows.consents(ids),
            "digests": await self._rows.forget(ids),
            "bindings": await self._rows.end_bindings(ids, by, now),
            **await self._records.erase(ids),
        }
        counts["files"] += await erase_files(self._session, self._clock, corrections)
        open_ones = [one for one in persons if one.erased_at is None]
        for one in open_ones:
            await self._erase(one)
        return {**counts, "persons": len(open_ones)}

    async def _erase(self, person: PersonRecord) -> None:
        def sealed(text: str, field: str) -> bytes:
            return self._crypto.seal(text, field=field, owner=person.id)

        now = self._clock.now()
        after = await self._persons.change(
            person,
            name_sealed=sealed(ERASED_NAME, NAME),
            masked_sealed=sealed(NAMELESS, MASKED),
            document_type=None,
            undocumented_reason=None,
            undocumented_due_on=None,
            erased_at=now,
            **dict.fromkeys(("number_sealed", "phone_sealed", "address_sealed")),
        )
        if after is None:
            raise VersionMismatch(person.id)
        self._outbox.add(PersonErased(state=PersonState.model_validate(after)))

    async def _group(self, person_id: UUID) -> frozenset[UUID]:
        return frozenset(await stood_as(self._session, [person_id]))
