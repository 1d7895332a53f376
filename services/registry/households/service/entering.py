"""Entering of households because of a marriage or divorce: joining one, founding an own one, another relation."""

from datetime import date
from uuid import UUID

from services.registry.households import domain as rules
from services.registry.households.domain import (
    Change,
    HouseholdChangeKind,
    HouseholdRecord,
    HouseholdStatus,
    Member,
    MemberElsewhere,
    MembershipDatesWrong,
)
from services.registry.households.repository import HouseholdRepository
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from shared.contracts.registry.households import (
    HouseholdFounded,
    HouseholdMemberAdded,
    HouseholdMemberRemoved,
    HouseholdRelationChanged,
    HouseholdState,
)
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.relations import HEAD


class HouseholdEntering:
    """Entering of households, for whoever holds the locks of the person and of the household. Scope is asked by them.

    `event_id`: what it follows from. `path`: where it stands in the body.
    """

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._households = HouseholdRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def join(
        self, person: PersonRecord, before: HouseholdRecord, relation: str, on: date, *, event_id: UUID, path: str
    ) -> HouseholdRecord:
        """One member more. Raises `MemberElsewhere`, `HouseholdHasHead`, `MembershipDatesWrong`, and for relations."""
        others = (await self._households.belonging([person.id], before.kind)).get(person.id)
        if others is not None and others.now:
            raise MemberElsewhere.at(f"{path}.person_id", subject=person.id)
        first = max(before.established_on, rules.head_since(before.members), (others and others.left_on) or on)
        if on < first:
            raise MembershipDatesWrong.at("households_on", subject=person.id)
        after = before.with_members(rules.join(before.members, Member(person.id, relation, on)))
        await self._check(person, after, relation, path)
        await self._change(before, after, HouseholdChangeKind.MEMBER_ADDED, person.id, on, event_id)
        self._announce(after, HouseholdMemberAdded, person.id)
        return after

    async def relate(
        self, person: PersonRecord, before: HouseholdRecord, relation: str, on: date, *, event_id: UUID, path: str
    ) -> HouseholdRecord:
        """A member is something else to the same head. Raises as `domain.relate`, and for relations."""
        if on < rules.head_since(before.members):
            raise MembershipDatesWrong.at("households_on", subject=person.id)
        after = before.with_members(rules.relate(before.members, person.id, relation, on))
        await self._check(person, after, relation, path)
        await self._change(before, after, HouseholdChangeKind.RELATION_CHANGED, person.id, on, event_id)
        self._announce(after, HouseholdRelationChanged, person.id)
        return after

    def found(self, person: PersonRecord, kind: str, area: str, on: date) -> HouseholdRecord:
        """A household of one, who is its head; the person has left any other one of the kind."""
        founded = HouseholdRecord(
            id=new_id(),
            version=1,
            kind=kind,
            area=area,
            status=str(HouseholdStatus.ACTIVE),
            established_on=on,
            dissolved_on=None,
            members=(Member(person.id, HEAD, on),),
        )
        self._households.add([founded])
        self._outbox.add(HouseholdFounded(state=HouseholdState.model_validate(founded)))
        return founded

    async def undo(self, before: HouseholdRecord, person_id: UUID, event_id: UUID) -> bool:
        """The household as it was before somebody joined it, or was something else in it, by what `event_id` names.

        False, and nothing done, if its members have changed since; or if it was founded so.
        """
        changes = await self._households.changes_of(before.id)
        number = next((at for at, one in enumerate(changes) if one.event_id == event_id), None)
        if number is None:
            return False
        change = changes[number]
        after = rules.as_before(before, change, changes[number + 1 :])
        if after is None:
            return False
        added = change.kind is HouseholdChangeKind.MEMBER_ADDED
        kind = HouseholdChangeKind.MEMBER_REMOVED if added else HouseholdChangeKind.RELATION_CHANGED
        await self._change(before, after, kind, person_id, change.occurred_on, None)
        self._announce(after, HouseholdMemberRemoved if added else HouseholdRelationChanged, person_id)
        return True

    async def _check(self, person: PersonRecord, after: HouseholdRecord, relation: str, path: str) -> None:
        where = f"{path}.relation"
        rules.check_relations([(where, relation, person.sex)])
        rules.check_kin(after.members, await self._persons.births(after.people), {person.id: where})

    async def _change(
        self,
        before: HouseholdRecord,
        after: HouseholdRecord,
        kind: HouseholdChangeKind,
        person_id: UUID,
        on: date,
        event_id: UUID | None,
    ) -> None:
        change = Change(before.id, after.version, kind, person_id, on, self._clock.now(), before.members, event_id)
        await self._households.change(before, after, change)

    def _announce(
        self,
        after: HouseholdRecord,
        fact: type[HouseholdMemberAdded] | type[HouseholdMemberRemoved] | type[HouseholdRelationChanged],
        person_id: UUID,
    ) -> None:
        self._outbox.add(fact(state=HouseholdState.model_validate(after), person_id=person_id))
