"""What happens to a person's belonging: one transaction moves the person, the ledger, households and tags."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.repository import Areas
from services.registry.households.domain import Succession
from services.registry.households.service import Households
from services.registry.life_events import repository
from services.registry.life_events.domain import LifeEvent, LifeEventKind, LifeLine, Place, check_dates, record
from services.registry.life_events.service import Placement
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import Persons
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.persons import state_of
from services.registry.postings.domain import lines_to_enter
from services.registry.postings.repository import Postings
from services.registry.tags.service import Tags
from shared.auth.access_log import AccessNotes, Detail
from shared.auth.principal import Principal
from shared.clock import Clock, today
from shared.contracts.registry.persons import PersonDied, PersonMovedIn, PersonMovedOut, PersonState
from shared.contracts.registry.postings import Book, PostingEntered, PostingState
from shared.crypto.service import Crypto
from shared.errors import NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.outbox.writer import Outbox

PERMISSION = "life_event.record"

Telling = Callable[[PersonState], Any]


class LifeEvents:
    """Use cases of life events. A birth is a registration with the entry `birth`."""

    def __init__(
        self,
        session: AsyncSession,
        outbox: Outbox,
        clock: Clock,
        crypto: Crypto,
        access: AccessNotes,
        households: Households,
        tags: Tags,
    ) -> None:
        self._persons = Persons(session)
        self._events = repository.LifeEvents(session)
        self._postings = Postings(session)
        self._areas = Areas(session)
        self._placement = Placement(session)
        self._households = households
        self._tags = tags
        self._outbox = outbox
        self._clock = clock
        self._crypto = crypto
        self._access = access

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
    ) -> Disclosed:
        """Come (back) to a place of ours; from another place of ours it is a transfer, in one transaction."""
        person = await self._locked(principal, id)
        principal.scope(PERMISSION).require(
            residence.area if residence else None, registration.area if registration else None
        )
        await self._placement.check([(residence, registration, occurred_on)])
        return await self._happen(
            principal,
            person,
            LifeEventKind.MOVE_IN,
            occurred_on,
            reported_on,
            lambda state: PersonMovedIn(state=state),
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
    ) -> Disclosed:
        """Leave the county, in the books that are named as far as the person stands in them."""
        person = await self._locked(principal, id)
        return await self._happen(
            principal,
            person,
            LifeEventKind.MOVE_OUT,
            occurred_on,
            reported_on,
            lambda state: PersonMovedOut(state=state),
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
        succession: Succession | None,
    ) -> Disclosed:
        """A death ends spans, memberships and tags."""
        person = await self._locked(principal, id)
        return await self._happen(
            principal,
            person,
            LifeEventKind.DEATH,
            occurred_on,
            reported_on,
            lambda state: PersonDied(state=state),
            succession=succession,
        )

    async def _locked(self, principal: Principal, id: UUID) -> PersonRecord:
        person = await self._persons.locked(id)
        if person is None or not principal.scope(PERMISSION).allows_any(*person.areas):
            raise NotFound(id)
        return person

    async def _happen(
        self,
        principal: Principal,
        person: PersonRecord,
        kind: LifeEventKind,
        occurred_on: date,
        reported_on: date | None,
        tell: Telling,
        *,
        residence: Place | None = None,
        registration: Place | None = None,
        leaves: frozenset[Book] = frozenset(),
        succession: Succession | None,
    ) -> Disclosed:
        day = today(self._clock)
        check_dates(occurred_on, reported_on or day, day, birth_date=person.birth_date)
        events = await self._events.of(person.id)
        event = LifeEvent(
            id=new_id(),
            kind=kind,
            occurred_on=occurred_on,
            reported_on=reported_on or day,
            order=len(events) + 1,
            residence=residence,
            registration=registration,
            leaves=leaves,
        )
        opening_day = await self._areas.opening_day(person.area or "")
        line = record(events, event, opening_day=opening_day)
        await self._events.add(person.id, event, now=self._clock.now())
        after = await self._persons.change(person.id, person.version, self._columns(line))
        if after is None:
            raise VersionMismatch(person.id)
        self._outbox.add(tell(state_of(after)))
        await self._post(after, line)
        await self._households.follow(after, occurred_on, succession)
        if line.died_on is None:
            await self._tags.follow(after)
        else:
            await self._tags.close(after, line.died_on)
        self._access.note(
            principal,
            action=str(kind),
            noun="registry.person",
            object_id=person.id,
            area=person.area,
            detail=Detail.WRITE,
            role=principal.role_in(PERMISSION, person.area),
        )
        return disclose(after, self._crypto, full=False)

    def _columns(self, line: LifeLine) -> dict[str, Any]:
        """What the life line says of the person's row."""
        residence, registration = line.spans[Book.RESIDENCE], line.spans[Book.REGISTRATION]
        return {
            "status": str(line.status),
            "died_on": line.died_on,
            "residence": [span.model_dump(mode="json") for span in residence],
            "registration": [span.model_dump(mode="json") for span in registration],
            "residence_area": residence[-1].area if residence else None,
            "residence_until": residence[-1].end if residence else None,
            "registration_area": registration[-1].area if registration else None,
            "registration_until": registration[-1].end if registration else None,
            "changed_at": self._clock.now(),
        }

    async def _post(self, person: PersonRecord, line: LifeLine) -> None:
        """Bring the ledger to what the life line says."""
        ledger = await self._postings.of(person.id)
        lines = [
            (
                PostingState(
                    id=new_id(),
                    version=1,
                    person_id=person.id,
                    book=new.entry.book,
                    kind=new.entry.kind,
                    area=new.entry.area,
                    amount=new.entry.amount,
                    occurred_on=new.entry.occurred_on,
                    posted_on=today(self._clock),
                    reverses=new.reverses,
                ),
                new.entry.counterpart,
            )
            for new in lines_to_enter(ledger, line.entries)
        ]
        await self._postings.enter(lines)
        for posting, _ in lines:
            self._outbox.add(PostingEntered(state=posting))
