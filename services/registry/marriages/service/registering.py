"""Registering of marriages (登记结婚): between two of the register, or one and an outside spouse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import orjson

from services.registry.households.domain import Succession
from services.registry.life_events.domain import PersonDeceased, PersonMerged, PersonMissing
from services.registry.marriages.domain import (
    MarriageRecord,
    MarriageStep,
    MarriedAlready,
    OutsideSpouse,
    SpouseTwice,
    check_spouses,
    ended,
    tidied,
)
from services.registry.marriages.repository import MarriageRepository
from services.registry.marriages.service.checking import MarriageChecking
from services.registry.marriages.service.reads import OUTSIDE, MarriageReads, ShownMarriage
from services.registry.marriages.service.settling import Arrangement, Cause, MarriageSettling
from services.registry.marriages.service.steps import check_days, taken
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.marriages import MarriageRegistered, MarriageState, MarriageStatus
from shared.contracts.registry.persons import PersonStatus
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

RECORD = "life_event.record"


@dataclass(frozen=True, slots=True, repr=False)
class NewMarriage:
    """A marriage to be recorded: with somebody of the register, or an outside spouse. The repr shows nothing."""

    person_id: UUID
    spouse_id: UUID | None
    outside: OutsideSpouse | None
    married_on: date
    households_on: date | None
    arrangements: Sequence[Arrangement]
    succession: Succession | None


class MarriageRegistering:
    """Registering of marriages. Both spouses are locked before anything else."""

    def __init__(self, context: UseCaseContext, settling: MarriageSettling) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._marriages = MarriageRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._checking = MarriageChecking(context)
        self._reads = MarriageReads(context)
        self._settling = settling

    async def register(self, principal: Principal, new: NewMarriage) -> ShownMarriage:
        """Record a marriage, and what it changes in households, in one transaction.

        Raises `NotFound` for who is not in the caller's areas, `SpouseTwice`, `MarriageDatesWrong`,
        `MarriageOfSameSex`, `MarriageUnderAge`, `MarriageOfNearKin`, `MarriedAlready`, `PersonDeceased`,
        `PersonMissing`, `PersonMerged`, and what settling is refused for.
        """
        if new.person_id == new.spouse_id:
            raise SpouseTwice.at("spouse_id")
        people = await self._people(principal, new)
        on = check_days(today(self._clock), new.married_on, new.households_on, "married_on")
        outside = None if new.outside is None else tidied(new.outside)
        person, other = people[new.person_id], None if new.spouse_id is None else people[new.spouse_id]
        marriage_id = new_id()
        marriage = MarriageRecord(
            id=marriage_id,
            version=1,
            status=str(MarriageStatus.MARRIED),
            area=person.area or "",
            person_id=person.id,
            spouse_id=new.spouse_id,
            outside_sealed=None if outside is None else self._sealed(outside, marriage_id),
            married_on=new.married_on,
            divorced_on=None,
            outside_died_on=None,
            ended_on=None,
        )
        end = ended(marriage, {one.id: one.died_on for one in people.values()})
        if end is None:
            raise PersonDeceased.at("married_on")
        marriage = replace(marriage, status=str(end.status), ended_on=end.on)
        spouse, path = (outside, "spouse") if outside else (other, "spouse_id")
        assert spouse is not None, "one of the two is told"
        check_spouses((person.sex, person.birth_date), (spouse.sex, spouse.birth_date), new.married_on, path)
        if other is not None:
            await self._checking.check_kin(person.id, other.id)
        await self._require_free(marriage, people, locked=False)
        cause = Cause(marriage_id, on, by_divorce=False)
        done = await self._settling.settle(principal, cause, people, new.arrangements, new.succession)
        await self._require_free(marriage, people, locked=True)
        for one in people.values():
            note(self._access, principal, "register_marriage", one, RECORD, Detail.WRITE)
        self._marriages.add(marriage)
        self._marriages.add_settlements(done)
        step = taken(principal, self._clock, marriage, MarriageStep.REGISTERED, new.married_on)
        self._marriages.add_step(step)
        self._outbox.add(MarriageRegistered(state=MarriageState.model_validate(marriage)))
        return self._reads.shown(marriage, [step], done)

    async def _people(self, principal: Principal, new: NewMarriage) -> Mapping[UUID, PersonRecord]:
        """Both spouses as far as they are in the register, locked."""
        asked = {"person_id": new.person_id, "spouse_id": new.spouse_id}
        people = await self._persons.all_locked({who for who in asked.values() if who is not None})
        scope, unknown = principal.scope(RECORD), list[str]()
        for path, who in asked.items():
            person = None if who is None else people.get(who)
            if who is not None and (person is None or not scope.allows_any(*person.areas)):
                note_nothing(self._access, principal, "register_marriage", who)
                unknown.append(path)
        if unknown:
            raise NotFound.at(*unknown)
        for path, who in asked.items():
            status = None if who is None else people[who].status
            if status in (PersonStatus.MERGED, PersonStatus.ANNULLED):
                raise PersonMerged.at(path) if status == PersonStatus.MERGED else NotFound.at(path)
            if status == PersonStatus.MISSING:
                raise PersonMissing.at(path)
        return people

    async def _require_free(
        self, marriage: MarriageRecord, people: Mapping[UUID, PersonRecord], *, locked: bool
    ) -> None:
        others = await self._checking.others(marriage, people, locked=locked)
        if others:
            held = (await self._marriages.going_on({who for one in others for who in one.people})).values()
            paths = {"person_id": marriage.person_id, "spouse_id": marriage.spouse_id}
            raise MarriedAlready.at(*([path for path, who in paths.items() if who in held] or ["person_id"]))

    def _sealed(self, spouse: OutsideSpouse, id: UUID) -> bytes:
        told = orjson.dumps([spouse.name, spouse.sex, str(spouse.birth_date)]).decode()
        return self._crypto.seal(told, field=OUTSIDE, owner=str(id))
