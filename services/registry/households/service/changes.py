"""Use cases that change whole households: split (分户), merge (并户), dissolve (销户), restore (恢复)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.registry.households import domain as rules
from services.registry.households.domain import (
    Change,
    HouseholdChangeKind,
    HouseholdDissolvedAlready,
    HouseholdKind,
    HouseholdNotDissolved,
    HouseholdRecord,
    HouseholdsNotAlike,
    HouseholdStatus,
    Member,
    MemberElsewhere,
    MemberNotOfThisPlace,
    MembershipDatesWrong,
    Related,
    Succession,
)
from services.registry.households.repository import HouseholdRepository
from services.registry.households.service.followers import HouseholdFollower
from services.registry.households.service.households import PERMISSION
from services.registry.life_events.domain import Place
from services.registry.life_events.service import Arrival, Placement
from services.registry.persons.domain import PersonRecord, spans_of
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.households import (
    HouseholdDissolved,
    HouseholdFounded,
    HouseholdHeadChanged,
    HouseholdMerged,
    HouseholdRestored,
    HouseholdSplit,
    HouseholdState,
)
from shared.contracts.registry.postings import Book
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of


class HouseholdChanges:
    """Use cases of whole households. Persons are locked before households, households in the order of their ids."""

    def __init__(self, context: UseCaseContext, *, followers: Sequence[HouseholdFollower]) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._access = context.access
        self._households = HouseholdRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._placement = Placement(context.session)
        self._followers = followers

    async def split(
        self,
        principal: Principal,
        id: UUID,
        leaving: Sequence[Related],
        *,
        on: date,
        area: str | None,
        succession: Succession | None,
        expected: Seen = None,
    ) -> tuple[HouseholdRecord, HouseholdRecord]:
        """Some members leave together on a day and are a household of their own: what stays, and what was founded.

        `area`: where the new one is, the same place if None. Raises `NotFound`, `VersionMismatch`,
        `HouseholdDissolvedAlready`, `HouseholdNeedsOneHead`, `NobodyStays`, `MemberNotOfThisPlace`, `UnknownArea`, and
        what leaving and relations are refused for.
        """
        await self._visible(principal, id)
        people = await self._persons.all_locked({one.person_id for one in leaving})
        (before,) = await self._active(principal, [id], expected)
        area = area or before.area
        principal.scope(PERMISSION).require(area)
        await self._placement.check([Arrival(Place(area, before.kind), None, on, "area")])
        self._check_day(on)
        if succession is not None:
            still = {one.person_id for one in before.members if one.lasts_beyond(on)}
            succession.require_members(still - {one.person_id for one in leaving})
        staying, founded = rules.split(before.members, leaving, on, succession)
        for place, one in enumerate(leaving):
            if not rules.belongs(people[one.person_id], before.kind, area):
                raise MemberNotOfThisPlace.at(f"members.{place}.person_id", subject=one.person_id)
        own = {one.person_id: f"members.{place}.relation" for place, one in enumerate(leaving)}
        told = {} if succession is None else succession.paths()
        await self._check_relations(founded, own)
        await self._check_relations(staying, told)
        after = before.with_members(staying)
        new = HouseholdRecord(
            id=new_id(),
            version=1,
            kind=before.kind,
            area=area,
            status=str(HouseholdStatus.ACTIVE),
            established_on=on,
            dissolved_on=None,
            members=tuple(founded),
        )
        self._note(principal, "split_household", people)
        await self._write(before, after, HouseholdChangeKind.SPLIT, on)
        self._households.add([new])
        self._outbox.add(HouseholdSplit(state=HouseholdState.model_validate(after), founded_id=new.id))
        self._outbox.add(HouseholdFounded(state=HouseholdState.model_validate(new)))
        return after, new

    async def change_head(
        self, principal: Principal, id: UUID, succession: Succession, *, on: date, expected: Seen = None
    ) -> HouseholdRecord:
        """Another member is the head from a day on; the one of before stays (户主变更).

        Raises `NotFound`, `VersionMismatch`, `HouseholdDissolvedAlready`, `HeadAlready`, and what relations and days
        are refused for.
        """
        await self._visible(principal, id)
        people = await self._persons.all_locked(await self._remaining(id))
        (before,) = await self._active(principal, [id], expected)
        self._check_day(on)
        succession.require_members({one.person_id for one in before.members if one.lasts_beyond(on)})
        after = before.with_members(rules.change_head(before.members, on, succession))
        await self._check_relations(after.members, succession.paths())
        self._note(principal, "change_head", people)
        kind, now = HouseholdChangeKind.HEAD_CHANGED, self._clock.now()
        change = Change(id, after.version, kind, succession.head, on, now, before.members, succession=succession)
        await self._households.change(before, after, change)
        state = HouseholdState.model_validate(after)
        self._outbox.add(HouseholdHeadChanged(state=state, person_id=succession.head))
        return after

    async def merge(
        self,
        principal: Principal,
        id: UUID,
        other: UUID,
        told: Sequence[Related],
        *,
        on: date,
        expected: Seen = None,
    ) -> HouseholdRecord:
        """All who remain in another household of the same kind and village join this one on a day; the other ends.

        Raises `NotFound`, `VersionMismatch`, `HouseholdDissolvedAlready`, `HouseholdsNotAlike`,
        `HouseholdNeedsOneHead`, and what relations and days are refused for.
        """
        await self._visible(principal, id)
        await self._visible(principal, other, "household_id")
        if id == other:
            raise HouseholdsNotAlike.at("household_id")
        people = await self._persons.all_locked({one.person_id for one in told})
        before, ending = await self._active(principal, [id, other], expected)
        if (before.kind, village_of(before.area)) != (ending.kind, village_of(ending.area)):
            raise HouseholdsNotAlike.at("household_id")
        self._check_day(on)
        members, ended = rules.merge(before.members, ending.members, told, on)
        await self._check_relations(members, {one.person_id: f"relations.{n}.relation" for n, one in enumerate(told)})
        after, gone = before.with_members(members), ending.with_members(ended)
        self._note(principal, "merge_households", people)
        await self._end(ending, gone, on)
        await self._write(before, after, HouseholdChangeKind.MERGED, on)
        self._outbox.add(HouseholdMerged(state=HouseholdState.model_validate(after), merged_id=other))
        return after

    async def dissolve(self, principal: Principal, id: UUID, *, on: date, expected: Seen = None) -> HouseholdRecord:
        """Everybody leaves on a day: the household ends. Raises `MembershipDatesWrong` if somebody came later."""
        await self._visible(principal, id)
        people = await self._persons.all_locked(await self._remaining(id))
        (before,) = await self._active(principal, [id], expected)
        self._check_day(on)
        after = before.with_members(rules.end_all(before.members, on))
        self._note(principal, "dissolve_household", people)
        await self._end(before, after, on)
        return after

    async def restore(self, principal: Principal, id: UUID, *, expected: Seen = None) -> HouseholdRecord:
        """Undo a dissolution: those who were members until then belong to it again, under the same head.

        Raises `HouseholdNotDissolved`, `MemberNotOfThisPlace` for who belongs to its village no more, and
        `MemberElsewhere` for who has belonged to another household since.
        """
        seen = await self._visible(principal, id)
        people = await self._persons.all_locked(seen.people)
        before = await self._locked(id, expected)
        if before.status != HouseholdStatus.DISSOLVED or before.dissolved_on is None:
            raise HouseholdNotDissolved(id)
        members, back = rules.reopened(before)
        belonging = await self._households.belonging(back, before.kind)
        for person_id in back:
            if not self._stayed(people[person_id], before):
                raise MemberNotOfThisPlace(person_id)
            left_on = belonging[person_id].left_on
            if belonging[person_id].now or (left_on is not None and left_on > before.dissolved_on):
                raise MemberElsewhere(person_id)
        after = before.with_members(members)
        self._note(principal, "restore_household", {one: people[one] for one in back})
        await self._write(before, after, HouseholdChangeKind.RESTORED, before.dissolved_on)
        await self._tell(after, HouseholdRestored)
        return after

    def _stayed(self, person: PersonRecord, household: HouseholdRecord) -> bool:
        """Whether the person has belonged to the household's village without a break since it was dissolved."""
        book = rules.book_of(household.kind)
        spans = spans_of(person.registration if book is Book.REGISTRATION else person.residence)
        since = household.dissolved_on
        if since is None or not rules.belongs(person, HouseholdKind(household.kind), household.area):
            return False
        village = village_of(household.area)
        return all(village_of(span.area) == village for span in spans if span.end is None or span.end > since)

    async def _write(
        self, before: HouseholdRecord, after: HouseholdRecord, kind: HouseholdChangeKind, on: date
    ) -> None:
        change = Change(before.id, after.version, kind, None, on, self._clock.now(), before.members)
        await self._households.change(before, after, change)

    async def _end(self, before: HouseholdRecord, after: HouseholdRecord, on: date) -> None:
        await self._write(before, after, HouseholdChangeKind.DISSOLVED, on)
        await self._tell(after, HouseholdDissolved)

    async def _tell(self, household: HouseholdRecord, fact: type[Fact[HouseholdState]]) -> None:
        self._outbox.add(fact(state=HouseholdState.model_validate(household)))
        for follower in self._followers:
            await follower.household_changed(household)

    async def _check_relations(self, members: Sequence[Member], paths: Mapping[UUID, str]) -> None:
        """Check the relations told against sex, age and each other."""
        if not paths:
            return
        sexes = await self._persons.sexes(paths)
        standing = {one.person_id: one.relation for one in members if one.until is None}
        rules.check_relations([(path, standing[who], sexes[who]) for who, path in paths.items() if who in standing])
        rules.check_kin(members, await self._persons.births(standing), paths)

    def _check_day(self, on: date) -> None:
        if on > today(self._clock):
            raise MembershipDatesWrong.at("on")

    async def _remaining(self, id: UUID) -> Collection[UUID]:
        household = await self._households.get(id)
        return [] if household is None else household.people

    async def _visible(self, principal: Principal, id: UUID, path: str | None = None) -> HouseholdRecord:
        household = await self._households.get(id)
        if household is None or not principal.scope(PERMISSION).allows(household.area):
            raise NotFound(id) if path is None else NotFound.at(path, subject=id)
        return household

    async def _active(self, principal: Principal, ids: Sequence[UUID], expected: Seen) -> list[HouseholdRecord]:
        """Active households, locked in the order of their ids; `expected` is the first one's version."""
        found = {one: await self._locked(one, expected if one == ids[0] else None) for one in sorted(ids)}
        for household in found.values():
            if household.status != HouseholdStatus.ACTIVE:
                raise HouseholdDissolvedAlready(household.id)
        return [found[one] for one in ids]

    async def _locked(self, id: UUID, expected: Seen) -> HouseholdRecord:
        household = await self._households.locked(id)
        assert household is not None, "households are kept for ever"
        require_version(household, expected)
        return household

    def _note(self, principal: Principal, action: str, people: Mapping[UUID, PersonRecord]) -> None:
        for person in people.values():
            note(self._access, principal, action, person, PERMISSION, Detail.WRITE)
