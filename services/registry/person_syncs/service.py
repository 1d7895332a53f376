"""Use case of a sync: a phone that asks again and again holds what the list shows. What it is given is noted."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from services.registry.person_syncs.domain import Standing, SyncCursor, shortened, stood
from services.registry.person_syncs.repository import Ask, Changed, SyncRepository
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_shown
from shared.auth.access_log import AccessNotes, Detail
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import Clock, today
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.crypto.service import Crypto
from shared.db.raw import rows_by_key
from shared.messaging.context import UseCaseContext

READ = "person.read"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a phone keeps: who stands in a book `within` some areas, as far as the scope reaches. As a list asks it."""

    scope: Scope
    within: Scope
    book: Book
    status: PersonStatus

    @property
    def mark(self) -> str:
        """The same for the same question under the same grants and the same tree."""
        said = (self.scope.written, self.within.written, str(self.book), str(self.status))
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:24]

    def holds(self, one: Standing) -> bool:
        """Whether somebody who stands there is in the list."""
        return (
            self.scope.allows_any(one.residence_area, one.registration_area)
            and self.within.allows(one.area_in(self.book))
            and one.stands(self.book, self.status)
        )


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody whom the phone is to forget. `status`: what they are now, if the caller may still know it."""

    id: UUID
    status: PersonStatus | None


@dataclass(frozen=True, slots=True, repr=False)
class Synced:
    """A page of a sync: who is new or changed, whom to forget, and where to go on.

    `anew`: what the phone holds is to be forgotten first. `more`: there is another page now.
    """

    people: Sequence[Disclosed]
    left: Sequence[Left]
    anew: bool
    more: bool
    cursor: SyncCursor


class Deltas:
    """Deltas of phones that hold a list already. Needs no transaction: the hot way asks for several phones at once."""

    __slots__ = ("_access", "_clock", "_crypto", "_syncs")

    def __init__(self, ask: Ask, crypto: Crypto, access: AccessNotes, clock: Clock) -> None:
        self._syncs = SyncRepository(ask)
        self._crypto = crypto
        self._access = access
        self._clock = clock

    async def missed(self, principal: Principal, wanted: Wanted, cursor: SyncCursor, limit: int) -> Synced | None:
        """Who was changed since what the phone holds: in the list now, or gone out of it.

        None, and nothing noted: the phone must begin anew, or has not been given everything yet.
        """
        if cursor.held is None or not cursor.serves(wanted.mark, on=today(self._clock)):
            return None
        changes = await self._syncs.since(cursor.held, wanted.within.areas, after=cursor.after, limit=limit + 1)
        if changes.renamed or changes.lineage != cursor.lineage:
            return None
        told, more = changes.people[:limit], len(changes.people) > limit
        records = await self._syncs.people([one.id for one in told])
        people: list[PersonRecord] = []
        left: list[Left] = []
        for one in told:
            record = records[one.id]
            if wanted.holds(standing_of(record)):
                people.append(record)
            elif (area := _left(wanted, one)) is not None:
                note_shown(self._access, principal, "sync", one.id, READ, area=area)
                known = wanted.scope.allows_any(*record.areas)
                left.append(Left(one.id, PersonStatus(record.status) if known else None))
        run = cursor.run or shortened(changes.snapshot)
        if more:
            onward = replace(cursor, run=run, after=(told[-1].changed_in, str(told[-1].id)))
        else:
            onward = replace(cursor, on=today(self._clock), held=run, run=None, after=None)
        return Synced(self.shown(principal, people), left, False, more, onward)

    def shown(self, principal: Principal, records: Sequence[PersonRecord]) -> Sequence[Disclosed]:
        """Masked, each noted as looked at."""
        for record in records:
            note(self._access, principal, "sync", record, READ, Detail.MASKED)
        return [disclose(record, self._crypto, full=False) for record in records]


class PersonSyncs:
    """Sync of persons. Nothing is locked; between two pages others may write, and what they write comes later."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        ask = partial(rows_by_key, context.session)
        self._syncs = SyncRepository(ask)
        self._deltas = Deltas(ask, context.crypto, context.access, context.clock)
        self._persons = PersonRepository(context.session)

    async def sync(self, principal: Principal, wanted: Wanted, cursor: SyncCursor | None, limit: int) -> Synced:
        """The next page of what is wanted; without a cursor, or with one that is good no more, all of it anew."""
        if cursor is not None:
            found = await self._deltas.missed(principal, wanted, cursor, limit)
            if found is not None:
                return found
        day = today(self._clock)
        going_on = cursor is not None and cursor.held is None and cursor.serves(wanted.mark, on=day)
        moment = await self._syncs.since(cursor.run if cursor and going_on else None, ())
        if cursor is None or not going_on or moment.renamed or moment.lineage != cursor.lineage:
            cursor = SyncCursor(moment.lineage, wanted.mark, day, None, shortened(moment.snapshot))
        return await self._everything(principal, wanted, cursor, limit)

    async def _everything(self, principal: Principal, wanted: Wanted, cursor: SyncCursor, limit: int) -> Synced:
        """The next page of the list. Who is changed while its pages are read comes once more with the next run."""
        after = None if cursor.after is None else (str(cursor.after[0]), UUID(cursor.after[1]))
        found = await self._persons.page(
            wanted.scope, wanted.within, wanted.book, wanted.status, after=after, limit=limit + 1
        )
        shown, more = found[:limit], len(found) > limit
        if more:
            onward = replace(cursor, after=(standing_of(shown[-1]).area_in(wanted.book), str(shown[-1].id)))
        else:
            onward = replace(cursor, held=cursor.run, run=None, after=None)
        return Synced(self._deltas.shown(principal, shown), (), cursor.after is None, more, onward)


def wanted_of(principal: Principal, area: str | None, book: Book, status: PersonStatus) -> Wanted:
    """What a phone asks for; without an area all of the caller's. Raises `NotFound` for an area outside the scope."""
    if area is not None:
        principal.require_area(READ, area)
    scope = principal.scope(READ)
    return Wanted(scope, scope if area is None else principal.through_the_tree(area), book, status)


def standing_of(record: PersonRecord) -> Standing:
    """Where a person stands now."""
    return Standing(
        record.status,
        record.residence_area,
        record.residence_until,
        record.registration_area,
        record.registration_until,
    )


def _left(wanted: Wanted, one: Changed) -> str | None:
    """The area in which somebody stood in the list before one of the changes; None: the phone never had them."""
    for before in stood(one.departures):
        if wanted.holds(before):
            return before.area_in(wanted.book)
    return None
