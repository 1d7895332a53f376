"""Moving by a transfer (迁移): life events of everybody who moves; households go on where they moved to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.households import domain as rules
from services.registry.households.domain import HouseholdRecord, HouseholdStatus, Member, Succession, book_of
from services.registry.households.repository import HouseholdRepository
from services.registry.life_events.domain import LifeEventKind, Place, is_counted
from services.registry.life_events.service import Arrival, Placement
from services.registry.movements.service.recording import Happening, LifeEventRecording
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.transfers.domain import (
    NoSuchHousehold,
    TransferRecord,
    founded_again,
    in_order_of_leaving,
)
from services.registry.transfers.repository import Move
from shared.auth.scope import Scope
from shared.contracts.registry.households import HouseholdFounded, HouseholdState
from shared.contracts.registry.persons import PersonMovedIn
from shared.contracts.registry.postings import Book
from shared.errors import NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

NOWHERE = Scope(())
"""Scope of what is done by rule: nobody's; the ledger shows both sides that it came from elsewhere."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a transfer has led to. `left`: the village that the person asked for has left, by book."""

    moves: Sequence[Move]
    founded: Sequence[UUID]
    left: Mapping[Book, str]

    @property
    def columns(self) -> dict[str, Any]:
        """What the transfer keeps of it."""
        return {
            "left_residence": self.left.get(Book.RESIDENCE),
            "left_registration": self.left.get(Book.REGISTRATION),
            "moved": len(self.moves),
            "founded": list(self.founded),
        }


@dataclass(frozen=True, slots=True)
class Family:
    """The person whom a transfer names and those who move along, locked, in the order of leaving."""

    named: PersonRecord
    people: Sequence[PersonRecord]
    household: HouseholdRecord | None


class TransferMoving:
    """Moving of persons and households. The callers ask for permission."""

    def __init__(self, context: UseCaseContext, recording: LifeEventRecording) -> None:
        self._outbox = context.outbox
        self._persons = PersonRepository(context.session)
        self._households = HouseholdRepository(context.session)
        self._placement = Placement(context.session)
        self._recording = recording

    async def family_locked(self, transfer: TransferRecord) -> Family:
        """Everybody who is to move, locked in the order of ids. Raises `VersionMismatch`."""
        assert transfer.person_id is not None, "somebody is meant"
        household = await self._household(transfer)
        order = [one.person_id for one in in_order_of_leaving(household)] if household else [transfer.person_id]
        people = await self._persons.all_locked(order)
        if household is not None and await self._household(transfer) != household:
            raise VersionMismatch(transfer.id)  # somebody joined or left before all of them were locked
        named = people.get(transfer.person_id)
        if named is None:
            raise NotFound(transfer.id)
        return Family(named, [people[one] for one in order], household)

    async def carry_out(
        self, transfer: TransferRecord, family: Family, scope: Scope, succession: Succession | None
    ) -> Moved:
        """Move them. `scope`: of whoever confirms. Raises what a move in is refused for, and `NoSuchHousehold`."""
        if transfer.household is not None and family.household is None:
            raise NoSuchHousehold(transfer.id)
        await self._placement.check(
            [Arrival(transfer.residence, transfer.registration, transfer.occurred_on, "transfer", "transfer")]
        )
        left = {book: area for book in transfer.books if (area := _village(family.named, book)) is not None}
        asked = transfer.villages | set(left.values()) if scope is NOWHERE else transfer.villages
        before = await self._households.of_persons([one.id for one in family.people])
        moves: list[Move] = []
        for number, person in enumerate(family.people):
            residence, registration = self._places(transfer, family, person)
            told = Happening(
                LifeEventKind.MOVE_IN,
                transfer.occurred_on,
                transfer.reported_on,
                PersonMovedIn,
                residence=residence,
                registration=registration,
            )
            _, event_id = await self._recording.record(person, told, scope=scope, succession=succession, asked=asked)
            moves.append(Move(transfer.id, number, person.id, event_id, True))
        founded = (
            await self._found_again(transfer, before, {one.id for one in family.people}) if family.household else []
        )
        return Moved(moves, founded, left)

    def _places(
        self, transfer: TransferRecord, family: Family, person: PersonRecord
    ) -> tuple[Place | None, Place | None]:
        """Where somebody moves to: who moves along does so in the other book only out of the village of the named."""
        places = {Book.RESIDENCE: transfer.residence, Book.REGISTRATION: transfer.registration}
        if family.household is not None and person.id != family.named.id:
            own = book_of(family.household.kind)
            for book in places:
                together = _village(person, book) is not None and _village(person, book) == _village(family.named, book)
                if book is not own and not together:
                    places[book] = None
        return places[Book.RESIDENCE], places[Book.REGISTRATION]

    async def _household(self, transfer: TransferRecord) -> HouseholdRecord | None:
        if transfer.household is None or transfer.person_id is None:
            return None
        found = await self._households.of_persons([transfer.person_id])
        return next((one for one in found if one.kind == transfer.household), None)

    async def _found_again(
        self, transfer: TransferRecord, before: Sequence[HouseholdRecord], moved: Collection[UUID]
    ) -> Sequence[UUID]:
        """Households that ended because everybody in them moved are founded anew, with head and relations of before."""
        founded: list[HouseholdRecord] = []
        for household in before:
            ended = await self._households.locked(household.id)
            if ended is None or ended.status == HouseholdStatus.ACTIVE:
                continue
            area = transfer.residence_area if book_of(household.kind) is Book.RESIDENCE else transfer.registration_area
            assert area is not None, "only a household whose book moves is left by everybody"
            left = ended.members[: len(household.members)]
            members = founded_again(household, left, transfer.occurred_on)
            rules.found(members)
            founded.append(_new(household.kind, area, transfer.occurred_on, members))
        if founded:
            self._households.add(founded)
        for one in founded:
            self._outbox.add(HouseholdFounded(state=HouseholdState.model_validate(one)))
        return [one.id for one in founded]


def _new(kind: str, area: str, on: date, members: Sequence[Member]) -> HouseholdRecord:
    return HouseholdRecord(
        id=new_id(),
        version=1,
        kind=kind,
        area=area,
        status=str(HouseholdStatus.ACTIVE),
        established_on=on,
        dissolved_on=None,
        members=tuple(members),
    )


def _village(person: PersonRecord, book: Book) -> str | None:
    """The village of the county to which somebody belongs now by the book; None if there is none."""
    if book is Book.RESIDENCE:
        area, until = person.residence_area, person.residence_until
    else:
        area, until = person.registration_area, person.registration_until
    return village_of(area) if area is not None and until is None and is_counted(area) else None
