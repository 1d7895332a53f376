"""Use cases of leaving a household (离户), of following a life event, and of coming back if it is taken back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.registry.households import domain as rules
from services.registry.households.domain import (
    Change,
    HouseholdChangeKind,
    HouseholdNeedsHead,
    HouseholdRecord,
    HouseholdStatus,
    Member,
    MembershipDatesWrong,
    Succession,
    belongs,
    belongs_since,
)
from services.registry.households.repository import HouseholdRepository
from services.registry.households.service.followers import HouseholdFollower
from services.registry.life_events.domain import EventOutOfOrder
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.postings.domain import BookOfAnotherPlace
from shared.auth.scope import Scope
from shared.clock import today
from shared.contracts.registry.households import (
    HouseholdDissolved,
    HouseholdMemberRemoved,
    HouseholdMemberReturned,
    HouseholdState,
)
from shared.messaging.context import UseCaseContext
from shared.reference.relations import HEAD


class Leavings:
    """Leaving of households, for whoever holds the lock of the person's row. Scope is asked by the callers."""

    def __init__(self, context: UseCaseContext, *, followers: Sequence[HouseholdFollower]) -> None:
        self._followers = followers
        self._outbox = context.outbox
        self._clock = context.clock
        self._households = HouseholdRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def follow(
        self, person: PersonRecord, on: date, succession: Succession | None, *, event_id: UUID, scope: Scope
    ) -> None:
        """After a move or death: leave the households whose village the person has left.

        `scope`: of whoever tells it, who names no head of a household outside of it, nor hears who is in one. Raises
        `EventOutOfOrder` if a change of head was recorded that the person, a member, took part in after the day, and
        `BookOfAnotherPlace` for the head of others outside.
        """
        left = [
            one for one in await self._households.of_person_locked(person.id) if not belongs(person, one.kind, one.area)
        ]
        own = {one.id for one in left if scope.allows(one.area)}
        if succession is not None and left:
            staying = {who for one in left if one.id in own for who in one.staying(person.id, on)}
            succession.require_members(staying)
        for household in left:
            since = next(one.since for one in household.members if one.person_id == person.id and one.until is None)
            if on < since and rules.was_member(household.members, person.id, on):
                raise EventOutOfOrder(person.id)
            if household.id in own:
                await self.leave(household, person.id, max(on, since), succession, event_id=event_id)
                continue
            try:
                await self.leave(household, person.id, max(on, since), None, event_id=event_id)
            except HouseholdNeedsHead:
                raise BookOfAnotherPlace(person.id) from None

    async def leave(
        self,
        before: HouseholdRecord,
        person_id: UUID,
        on: date,
        succession: Succession | None,
        *,
        event_id: UUID | None = None,
    ) -> HouseholdRecord:
        """One member less in a household whose row is locked. `event_id`: the life event from which it follows."""
        if on > today(self._clock):
            raise MembershipDatesWrong.at("left_on")
        after = before.with_members(rules.leave(before.members, person_id, on, succession))
        if succession is not None:
            rules.check_relations(succession.told(await self._persons.sexes(before.people)))
            rules.check_kin(after.members, await self._persons.births(before.people), succession.paths())
        dissolved = after.status == HouseholdStatus.DISSOLVED
        kind = HouseholdChangeKind.DISSOLVED if dissolved else HouseholdChangeKind.MEMBER_REMOVED
        await self._write(before, after, kind, person_id, on, event_id, succession)
        await self._announce(after, person_id)
        return after

    async def hand_over(self, merged: PersonRecord, survivor: PersonRecord, on: date, *, event_id: UUID) -> None:
        """After a merge: the survivor takes the merged person's place in each household that is open to the survivor.

        Out of the others the merged person goes. Both persons are locked. Raises `HouseholdNeedsHead` for the head of
        one of those, and what relations are refused for: of the survivor, and of others to a survivor who is the head.
        """
        for household in await self._households.of_person_locked(merged.id):
            others = await self._households.memberships(survivor.id, household.kind, without=household.id)
            free = all(one.until is not None and one.until <= on for one in others)
            if not (free and belongs(survivor, household.kind, household.area)):
                await self.leave(household, merged.id, on, None, event_id=event_id)
                continue
            after = household.with_members(rules.take_over(household.members, merged.id, survivor.id, on))
            await self._check_successor(household, after, survivor)
            await self._write(household, after, HouseholdChangeKind.MEMBER_REMOVED, merged.id, on, event_id, None)
            await self._announce(after, merged.id)

    async def unsupported(self, before: PersonRecord, after: PersonRecord) -> Sequence[HouseholdRecord]:
        """Households in which the person is, and could not be by what is known after a life event was taken back."""
        found: list[HouseholdRecord] = []
        for household in await self._households.of_person_locked(after.id):
            since = next(one.since for one in household.members if one.person_id == after.id and one.until is None)
            was, now = (belongs_since(person, household.kind, household.area) for person in (before, after))
            if now is None or (since < now and was is not None and since >= was):
                found.append(household)
        return found

    async def changed_since(self, event_id: UUID) -> Sequence[HouseholdRecord]:
        """Households that somebody left by a life event, and whose members have changed since."""
        changed: list[HouseholdRecord] = []
        for left in await self._households.leavings_by(event_id):
            household = await self._locked(left.household_id)
            if rules.as_before(household, left, await self._later(left)) is None:
                changed.append(household)
        return changed

    async def redate(self, person: PersonRecord, event_id: UUID, corrected_id: UUID, on: date) -> None:
        """The life event by which somebody left got another day: so does the leaving, with the same new head.

        The members are those whom the leaving left behind (`changed_since`). Raises `EventOutOfOrder`.
        """
        for left in await self._households.leavings_by(event_id):
            household = await self._locked(left.household_id)
            since = next(one.since for one in left.members if one.person_id == person.id and one.until is None)
            if on < since and rules.was_member(left.members, person.id, on):
                raise EventOutOfOrder(person.id)
            after = household.with_members(rules.leave(left.members, person.id, max(on, since), left.succession))
            await self._write(
                household, after, left.kind, person.id, on, corrected_id, left.succession, members=left.members
            )
            await self._announce(after, person.id)

    async def come_back(self, person: PersonRecord, event_id: UUID) -> None:
        """A life event is taken back: the person belongs again to the households that were left by it.

        As head and with the relations of then, if the household has not changed since; else as a member, if the head is
        the one of then. Otherwise the person stays outside of it, and joins it as anybody does.
        """
        for left in await self._households.leavings_by(event_id):
            before = await self._locked(left.household_id)
            if not belongs(person, before.kind, before.area):
                continue
            after = rules.as_before(before, left, await self._later(left)) or rules.rejoined(before, left)
            others = await self._households.memberships(person.id, before.kind, without=before.id)
            if after is None or rules.overlaps(after.members, others, person.id):
                continue
            kind = HouseholdChangeKind.MEMBER_RETURNED
            await self._write(before, after, kind, person.id, left.occurred_on, event_id, None)
            state = HouseholdState.model_validate(after)
            self._outbox.add(HouseholdMemberReturned(state=state, person_id=person.id))
            for follower in self._followers if before.status != after.status else ():
                await follower.household_changed(after)

    async def _check_successor(self, before: HouseholdRecord, after: HouseholdRecord, successor: PersonRecord) -> None:
        """Relations that are other ones now, or to another head, against sex and ages."""
        was, now = (
            {one.person_id: one.relation for one in each.members if one.until is None} for each in (before, after)
        )
        heads = now[successor.id] == HEAD
        where = f"households.{before.id}"
        told = {who: where for who, relation in now.items() if heads or was.get(who) != relation}
        rules.check_relations([(where, now[successor.id], successor.sex)] if successor.id in told else [])
        rules.check_kin(after.members, await self._persons.births(now), told)

    async def _announce(self, after: HouseholdRecord, person_id: UUID) -> None:
        state = HouseholdState.model_validate(after)
        dissolved = after.status == HouseholdStatus.DISSOLVED
        self._outbox.add(
            HouseholdDissolved(state=state) if dissolved else HouseholdMemberRemoved(state=state, person_id=person_id)
        )
        for follower in self._followers if dissolved else ():
            await follower.household_changed(after)

    async def _locked(self, id: UUID) -> HouseholdRecord:
        household = await self._households.locked(id)
        assert household is not None, "a household is never removed"
        return household

    async def _later(self, left: Change) -> Sequence[Change]:
        return [one for one in await self._households.changes_of(left.household_id) if one.version > left.version]

    async def _write(
        self,
        before: HouseholdRecord,
        after: HouseholdRecord,
        kind: HouseholdChangeKind,
        person_id: UUID,
        on: date,
        event_id: UUID | None,
        succession: Succession | None,
        *,
        members: tuple[Member, ...] | None = None,
    ) -> None:
        kept = before.members if members is None else members
        change = Change(before.id, after.version, kind, person_id, on, self._clock.now(), kept, event_id, succession)
        await self._households.change(before, after, change)
