"""Use cases of moves and deaths (人口变动): one transaction changes person, ledger, households and tags."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.registry.households.domain import Succession
from services.registry.life_events.domain import (
    LifeEventKind,
    MaternalDeathOfMan,
    PersonMerged,
    Place,
    RecordedEvent,
)
from services.registry.life_events.repository import LifeEventRepository
from services.registry.life_events.service import Arrival, Placement, require_places
from services.registry.movements.service.recording import Happening, LifeEventRecording
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.registry.persons import (
    PersonDied,
    PersonFound,
    PersonMovedIn,
    PersonMovedOut,
    PersonState,
    PersonWentMissing,
)
from shared.contracts.registry.postings import Book
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

MALE = "1"
PERMISSION, READ = "life_event.record", "person.read"


class Movements:
    """Use cases of movements: moves in and out, and deaths. A birth is a registration with the entry `birth`.

    Each takes `expected`, the version of the person that the caller saw (None: any).
    """

    def __init__(self, context: UseCaseContext, recording: LifeEventRecording) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._placement = Placement(context.session)
        self._recording = recording

    async def move_in(
        self,
        principal: Principal,
        id: UUID,
        *,
        occurred_on: date,
        reported_on: date | None,
        residence: Place | None,
        registration: Place | None,
        succession: Succession | None,
        expected: Seen = None,
    ) -> Disclosed:
        """Move in (迁入): to a village of the county, from elsewhere or, as a transfer, from another village."""
        person = await self._locked(principal, id, expected)
        require_places(principal.scope(PERMISSION), residence, registration)
        await self._placement.check([Arrival(residence, registration, occurred_on)])
        return await self._happen(
            principal,
            person,
            LifeEventKind.MOVE_IN,
            occurred_on,
            reported_on,
            PersonMovedIn,
            residence=residence,
            registration=registration,
            succession=succession,
        )

    async def move_out(
        self,
        principal: Principal,
        id: UUID,
        *,
        occurred_on: date,
        reported_on: date | None,
        books: frozenset[Book],
        succession: Succession | None,
        expected: Seen = None,
    ) -> Disclosed:
        """Move out of the county (迁出), in those of the named books in which the person has an open span."""
        person = await self._locked(principal, id, expected)
        return await self._happen(
            principal,
            person,
            LifeEventKind.MOVE_OUT,
            occurred_on,
            reported_on,
            PersonMovedOut,
            leaves=books,
            succession=succession,
        )

    async def die(
        self,
        principal: Principal,
        id: UUID,
        *,
        occurred_on: date,
        reported_on: date | None,
        maternal: bool = False,
        succession: Succession | None,
        expected: Seen = None,
    ) -> Disclosed:
        """Record a death: it ends spans, memberships and tags. `maternal`: 孕产妇死亡. Raises `MaternalDeathOfMan`."""
        person = await self._locked(principal, id, expected)
        if maternal and person.sex == MALE:
            raise MaternalDeathOfMan.at("maternal", subject=id)
        return await self._happen(
            principal,
            person,
            LifeEventKind.DEATH,
            occurred_on,
            reported_on,
            PersonDied,
            maternal=maternal,
            succession=succession,
        )

    async def miss(
        self, principal: Principal, id: UUID, *, occurred_on: date, reported_on: date | None, expected: Seen = None
    ) -> Disclosed:
        """Record that nobody knows where somebody is (失踪): the person stays in both books and in the household."""
        person = await self._locked(principal, id, expected)
        kind = LifeEventKind.MISSING
        return await self._happen(principal, person, kind, occurred_on, reported_on, PersonWentMissing, succession=None)

    async def find(
        self, principal: Principal, id: UUID, *, occurred_on: date, reported_on: date | None, expected: Seen = None
    ) -> Disclosed:
        """Record that somebody who was missing was found (寻回)."""
        person = await self._locked(principal, id, expected)
        kind = LifeEventKind.FOUND
        return await self._happen(principal, person, kind, occurred_on, reported_on, PersonFound, succession=None)

    async def history(self, principal: Principal, id: UUID) -> Sequence[RecordedEvent]:
        """All life events of a person in the order of recording, those that were taken back too; noted as a look."""
        person = await self._persons.get(id)
        if person is None or not principal.scope(READ).allows_any(*person.areas):
            note_nothing(self._access, principal, "read_life_events", id)
            raise NotFound(id)
        note(self._access, principal, "read_life_events", person, READ, Detail.MASKED)
        return await self._events.recorded(id)

    async def _locked(self, principal: Principal, id: UUID, expected: Seen) -> PersonRecord:
        person = await self._persons.locked(id)
        if person is None or not principal.scope(PERMISSION).allows_any(*person.areas):
            note_nothing(self._access, principal, "move", id)
            raise NotFound(id)
        require_version(person, expected)
        if person.merged_into is not None:
            raise PersonMerged(id)
        return person

    async def _happen(
        self,
        principal: Principal,
        person: PersonRecord,
        kind: LifeEventKind,
        occurred_on: date,
        reported_on: date | None,
        fact: type[Fact[PersonState]],
        *,
        residence: Place | None = None,
        registration: Place | None = None,
        leaves: frozenset[Book] = frozenset(),
        maternal: bool = False,
        succession: Succession | None,
    ) -> Disclosed:
        note(self._access, principal, str(kind), person, PERMISSION, Detail.WRITE)
        told = Happening(
            kind,
            occurred_on,
            reported_on,
            fact,
            residence=residence,
            registration=registration,
            leaves=leaves,
            maternal=maternal,
        )
        after, _ = await self._recording.record(person, told, scope=principal.scope(PERMISSION), succession=succession)
        return disclose(after, self._crypto, full=False)
