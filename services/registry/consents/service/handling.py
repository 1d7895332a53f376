"""Handling of consents for their use cases: who may see and change them, their versions, what is announced."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.registry.circumstances.service.following import LEAVING
from services.registry.consents.domain import (
    VALID,
    ConsentFields,
    ConsentReason,
    ConsentRecord,
    ConsentStep,
    GuardianOf,
    check_covered,
    check_days,
    check_giver,
    check_only,
)
from services.registry.consents.models import ConsentVersion
from services.registry.consents.repository import ConsentRepository
from services.registry.consents.service.counting import ConsentCounting
from services.registry.life_events.domain import PersonDeceased, PersonNotActive
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import PersonRecord, require_kept
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.consents import ConsentGiven, ConsentState, ConsentWay
from shared.contracts.registry.persons import PersonStatus
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

READ, MANAGE = "consent.read", "consent.manage"
SEALED = "consent.reference"
"""Name under which the number of a paper is sealed."""
OPEN = (
    *("status", "purpose", "groups", "giver", "guardian_id", "contact_id", "basis", "way", "given_on", "until"),
    *("ended_on", "ended_by"),
)
"""Columns of a version."""


@dataclass(frozen=True, slots=True)
class How:
    """By what a step is done. `by`: whose login; None for what follows from something else."""

    by: str | None
    way: ConsentWay | None = None
    proof_id: UUID | None = None
    reason: ConsentReason | None = None
    reference: str | None = None


BY_ITSELF = How(None)
"""A step that follows from a life event."""


class ConsentHandling:
    """What every door does with consents. Persons are locked before their consents are read again."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._outbox = context.outbox
        self.consents = ConsentRepository(context.session)
        self.persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._counting = ConsentCounting(context)

    async def left_by(self, person_id: UUID, *, without: UUID | None = None) -> UUID | None:
        """The last life event that stands by which somebody has left; `without` is taken back."""
        events = await self._events.of(person_id)
        return next((one.id for one in reversed(events) if one.kind in LEAVING and one.id != without), None)

    async def person_locked(self, principal: Principal, id: UUID, action: str) -> PersonRecord:
        """Somebody of whom the caller may enter consents, locked; noted. Raises `NotFound`."""
        person = await self.persons.locked(id)
        if person is None or not principal.scope(MANAGE).allows_any(*person.areas):
            note_nothing(self._access, principal, action, id)
            raise NotFound(id)
        note(self._access, principal, action, person, MANAGE, Detail.WRITE)
        return person

    async def locked(
        self, principal: Principal, id: UUID, action: str, expected: Seen
    ) -> tuple[ConsentRecord, PersonRecord]:
        """A consent that the caller may change, its person locked; noted. Raises `NotFound`, `VersionMismatch`."""
        found = await self.consents.get(id)
        if found is None:
            note_nothing(self._access, principal, action, None)
            raise NotFound(id)
        person = await self.person_locked(principal, found.person_id, action)
        require_kept(person)
        found = await self.consents.get(id) or found
        require_version(found, expected)
        return found, person

    async def give(
        self,
        person: PersonRecord,
        fields: ConsentFields,
        guardian: GuardianOf,
        how: How,
        *,
        given_on: date,
    ) -> ConsentRecord:
        """Enter a consent of somebody who is here and locked.

        Raises `PersonDeceased`, `PersonNotActive`, `ConsentDoesNotCover`, `ConsentDatesWrong`, `ConsentByGuardian`,
        `ConsentGuardianWrong`, `ConsentKnown`.
        """
        if person.died_on is not None:
            raise PersonDeceased(person.id)
        if person.status not in (PersonStatus.ACTIVE, PersonStatus.MISSING):
            raise PersonNotActive(person.id)
        check_covered(fields)
        check_days(given_on, fields.until, birth_date=person.birth_date, today=today(self._clock))
        check_giver(guardian.giver, person.birth_date, given_on)
        assert how.way is not None, "somebody gives it"
        made = ConsentRecord(
            id=new_id(),
            version=1,
            status=str(VALID),
            person_id=person.id,
            purpose=str(fields.purpose),
            groups=tuple(sorted(map(str, fields.groups))),
            giver=str(guardian.giver),
            guardian_id=guardian.person_id,
            contact_id=guardian.contact_id,
            basis=guardian.basis and str(guardian.basis),
            way=str(how.way),
            given_on=given_on,
            until=fields.until,
            ended_on=None,
            ended_by=None,
            started_by=None,
            handed_from=None,
            recorded_at=self._clock.now(),
        )
        check_only(made, await self.consents.of(person.id))
        await self.enter(made, person, ConsentStep.GIVEN, how)
        return made

    async def enter(self, made: ConsentRecord, person: PersonRecord, step: ConsentStep, how: How) -> None:
        """A new one of this person with its first version, announced."""
        await self.consents.add(made)
        await self._record(made, step, how, None)
        self._outbox.add(ConsentGiven(state=ConsentState.model_validate(made)))
        await self._counting.tell([made], person)

    async def move(
        self,
        seen: ConsentRecord,
        person: PersonRecord,
        step: ConsentStep,
        fact: type[Fact[ConsentState]],
        how: How,
        before: int | None,
        **changes: Any,
    ) -> ConsentRecord:
        """The next version of a consent of this person, announced. `before`: what an undo of it brings back."""
        moved = await self.consents.change(seen, **changes)
        if moved is None:
            raise VersionMismatch(seen.id)
        await self._record(moved, step, how, before)
        self._outbox.add(fact(state=ConsentState.model_validate(moved)))
        await self._counting.tell([moved], person)
        return moved

    def reference(self, version: ConsentVersion) -> str | None:
        """The number of the paper of a step; None: there is none, or it was erased."""
        if not version.reference_sealed:
            return None
        return self._crypto.open(version.reference_sealed, field=SEALED, owner=version.consent_id)

    async def _record(self, now: ConsentRecord, step: ConsentStep, how: How, before: int | None) -> None:
        content = {name: getattr(now, name) for name in OPEN}
        sealed = None if how.reference is None else self._crypto.seal(how.reference, field=SEALED, owner=now.id)
        await self.consents.history.record(
            now.id,
            version=now.version,
            step=str(step),
            before=before,
            content=orjson.loads(orjson.dumps(content, default=str)),
            way=how.way and str(how.way),
            proof_id=how.proof_id,
            reason=how.reason and str(how.reason),
            reference_sealed=sealed,
            done_by=how.by,
            done_at=self._clock.now(),
        )


def read_back(content: Any) -> dict[str, Any]:
    """The columns of a recorded version, in the types of the table."""
    read = dict(content)
    for name in ("given_on", "until", "ended_on"):
        read[name] = read[name] and date.fromisoformat(read[name])
    for name in ("guardian_id", "contact_id", "ended_by"):
        read[name] = read[name] and UUID(read[name])
    return read
