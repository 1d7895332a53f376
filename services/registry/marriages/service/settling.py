"""Settling of households (户内安排): what a marriage or divorce changes in them, and how that is taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.households.domain import (
    HouseholdDissolvedAlready,
    HouseholdKind,
    HouseholdRecord,
    HouseholdStatus,
    Member,
    Succession,
    belongs,
    book_of,
)
from services.registry.households.repository import HouseholdRepository
from services.registry.households.service.entering import HouseholdEntering
from services.registry.households.service.leavings import Leavings
from services.registry.life_events.domain import REGISTERED_PLACE, LifeEventKind, Place
from services.registry.life_events.service import Arrival, Placement, require_places
from services.registry.marriages.domain import (
    HouseholdNotShared,
    RelationDisagreesWithMarriage,
    Settlement,
    SettlementKind,
    SpouseNotInHousehold,
)
from services.registry.movements.service.recording import Happening, LifeEventRecording
from services.registry.persons.domain import PersonRecord
from shared.auth.principal import Principal
from shared.contracts.registry.persons import PersonMovedIn
from shared.contracts.registry.postings import Book
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of
from shared.reference.relations import HEAD, SPOUSES

RECORD, HOUSEHOLD = "life_event.record", "household.manage"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is told of one household: who joins it, or is something else in it.

    `household_id`: None: the person founds an own one of the `kind`. `kind`: of a divorce, which household is left.
    """

    person_id: UUID
    household_id: UUID | None
    relation: str
    kind: HouseholdKind | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """The marriage or divorce that changes households, and the day from which it does."""

    marriage_id: UUID
    on: date
    by_divorce: bool
    first: int = 0
    """Number of the first settlement: how many the marriage has already."""


class MarriageSettling:
    """Settling of households, for whoever holds the locks of both spouses. Each household's scope is asked here."""

    def __init__(self, context: UseCaseContext, recording: LifeEventRecording, leavings: Leavings) -> None:
        self._households = HouseholdRepository(context.session)
        self._placement = Placement(context.session)
        self._entering = HouseholdEntering(context)
        self._recording = recording
        self._leavings = leavings

    async def settle(
        self,
        principal: Principal,
        cause: Cause,
        people: Mapping[UUID, PersonRecord],
        told: Sequence[Arrangement],
        succession: Succession | None,
    ) -> Sequence[Settlement]:
        """Change the households as told, one after the other; who belongs to another village moves.

        Raises `NotFound` for persons and households that are not there or not the caller's, and what joining, leaving
        and moving are refused for.
        """
        now = {one.id: one for one in await self._locked(principal, people, told)}
        self._check_succession(now, told, succession, cause.on)
        after, done = dict(people), list[Settlement]()
        for number, one in enumerate(told):
            path = f"households.{number}"
            person = after[one.person_id]
            own = _own(now, one)
            leads = own is not None and any(_is_open(each, person.id, HEAD) for each in own.members)
            heir = succession if leads else None
            event_id, moved, former = new_id(), False, None
            if one.household_id is None:
                if own is None:
                    raise HouseholdNotShared.at(f"{path}.kind")
                principal.scope(HOUSEHOLD).require(own.area)
                await self._leavings.leave(own, person.id, cause.on, heir, event_id=event_id)
                household = self._entering.found(person, own.kind, own.area, cause.on)
                kind = SettlementKind.FOUNDED
            else:
                household = now[one.household_id]
                former = next((each.relation for each in household.members if _is_open(each, person.id)), None)
                self._check_relation(household, one, people, cause, path)
                if former is not None:
                    kind, joins = SettlementKind.RELATED, self._entering.relate
                else:
                    kind, joins = SettlementKind.JOINED, self._entering.join
                    if not belongs(person, household.kind, household.area):
                        person, event_id = await self._move(principal, person, household, cause.on, heir, path)
                        after[person.id], moved = person, True
                    elif own is not None:
                        principal.scope(HOUSEHOLD).require(own.area)
                        await self._leavings.leave(own, person.id, cause.on, heir, event_id=event_id)
                household = await joins(person, household, one.relation, cause.on, event_id=event_id, path=path)
            done.append(
                Settlement(
                    marriage_id=cause.marriage_id,
                    number=cause.first + number,
                    by_divorce=cause.by_divorce,
                    kind=kind,
                    person_id=person.id,
                    household_id=household.id,
                    event_id=event_id,
                    moved=moved,
                    occurred_on=cause.on,
                    relation=one.relation,
                    former=former,
                    standing=True,
                )
            )
            now = {one.id: one for one in await self._households.all_locked([*now, household.id])}
        return done

    async def shared(self, people: Mapping[UUID, PersonRecord]) -> Sequence[HouseholdRecord]:
        """The households in which all of these are now."""
        found = await self._households.of_persons(people)
        return [
            one for one in found if all(any(_is_open(each, who) for each in one.members) for who in people) if people
        ]

    async def _locked(
        self, principal: Principal, people: Mapping[UUID, PersonRecord], told: Sequence[Arrangement]
    ) -> Sequence[HouseholdRecord]:
        """The households that are told of, and those of the persons, locked in the order of ids."""
        scope = principal.scope(HOUSEHOLD)
        if strangers := [place for place, one in enumerate(told) if one.person_id not in people]:
            raise NotFound.at(*(f"households.{place}.person_id" for place in strangers))
        named = {one.household_id for one in told if one.household_id is not None}
        present = {one.id for one in await self._households.of_persons(people)} if told else set()
        found = await self._households.all_locked(named | present)
        seen = {one.id for one in found if scope.allows(one.area)}
        if hidden := [
            place for place, one in enumerate(told) if one.household_id is not None and one.household_id not in seen
        ]:
            raise NotFound.at(*(f"households.{place}.household_id" for place in hidden))
        for one in found:
            if one.id in named and one.status != HouseholdStatus.ACTIVE:
                raise HouseholdDissolvedAlready(one.id)
        return found

    def _check_succession(
        self,
        now: Mapping[UUID, HouseholdRecord],
        told: Sequence[Arrangement],
        succession: Succession | None,
        on: date,
    ) -> None:
        """Only members of a household that its head leaves are told of. Raises `SuccessionNamesOthers`."""
        if succession is None:
            return
        staying = set[UUID]()
        for one in told:
            own = _own(now, one)
            if own is not None and any(_is_open(each, one.person_id, HEAD) for each in own.members):
                staying |= own.staying(one.person_id, on)
        succession.require_members(staying)

    def _check_relation(
        self,
        household: HouseholdRecord,
        one: Arrangement,
        people: Mapping[UUID, PersonRecord],
        cause: Cause,
        path: str,
    ) -> None:
        """Spouse of the head is who is married to the head.

        Who leaves a household goes into another one of the kind. Raises `SpouseNotInHousehold`, `HouseholdNotShared`,
        `RelationDisagreesWithMarriage`.
        """
        if one.kind is not None and household.kind != one.kind:
            raise HouseholdNotShared.at(f"{path}.household_id")
        other = next((who for who in people if who != one.person_id), None)
        inside = [each for each in household.members if each.person_id == other and each.until is None]
        if not cause.by_divorce and not inside:
            raise SpouseNotInHousehold.at(f"{path}.household_id")
        to_head = not cause.by_divorce and inside[0].relation == HEAD
        if to_head != (one.relation in SPOUSES):
            raise RelationDisagreesWithMarriage.at(f"{path}.relation")

    async def _move(
        self,
        principal: Principal,
        person: PersonRecord,
        household: HouseholdRecord,
        on: date,
        succession: Succession | None,
        path: str,
    ) -> tuple[PersonRecord, UUID]:
        """Move in where the household is, in the book by which it goes; households of before are left by it."""
        residence = registration = None
        if book_of(household.kind) is Book.RESIDENCE:
            residence = Place(household.area, None)
        else:
            registration = Place(village_of(household.area), REGISTERED_PLACE)
        scope, where = principal.scope(RECORD), f"{path}.household_id"
        require_places(scope, residence, registration)
        await self._placement.check([Arrival(residence, registration, on, where, where)])
        told = Happening(LifeEventKind.MOVE_IN, on, None, PersonMovedIn, residence=residence, registration=registration)
        return await self._recording.record(person, told, scope=scope, succession=succession)


def _own(now: Mapping[UUID, HouseholdRecord], one: Arrangement) -> HouseholdRecord | None:
    """The household that the person leaves: of the kind that is told, or of the one that is joined."""
    target = None if one.household_id is None else now[one.household_id]
    kind = one.kind if target is None else target.kind
    return next(
        (
            each
            for each in now.values()
            if each.kind == kind and each.id != one.household_id
            if any(_is_open(member, one.person_id) for member in each.members)
        ),
        None,
    )


def _is_open(member: Member, person_id: UUID, relation: str | None = None) -> bool:
    return member.person_id == person_id and member.until is None and relation in (None, member.relation)
