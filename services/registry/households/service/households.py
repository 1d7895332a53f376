"""Use cases of households (住户): found, add and remove members; dissolved if the last member leaves."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.registry.households import domain as rules
from services.registry.households.domain import (
    Belonging,
    Change,
    HouseholdChangeKind,
    HouseholdDissolvedAlready,
    HouseholdKind,
    HouseholdRecord,
    HouseholdStatus,
    Joining,
    Member,
    MemberElsewhere,
    MemberNotOfThisPlace,
    MembershipDatesWrong,
    Succession,
    belongs,
    book_of,
)
from services.registry.households.repository import HouseholdRepository
from services.registry.households.service.leavings import Leavings
from services.registry.life_events.domain import Place
from services.registry.life_events.service import Arrival, Placement
from services.registry.persons.domain import PersonRecord, spans_of
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note, note_nothing
from services.registry.persons.service.persons import Persons
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.households import (
    HouseholdFounded,
    HouseholdMemberAdded,
    HouseholdState,
)
from shared.contracts.registry.postings import Book
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.relations import HEAD

PERMISSION = "household.manage"


class Households:
    """Use cases of households. Persons are locked before households, always."""

    def __init__(self, context: UseCaseContext, persons: Persons, leavings: Leavings) -> None:
        self._leavings = leavings
        self._outbox = context.outbox
        self._clock = context.clock
        self._access = context.access
        self._households = HouseholdRepository(context.session)
        self._rows = PersonRepository(context.session)
        self._placement = Placement(context.session)
        self._persons = persons

    async def found(
        self, principal: Principal, kind: HouseholdKind, area: str, established_on: date, joining: Sequence[Joining]
    ) -> HouseholdRecord:
        """Found a household with its first members; new persons among them are registered in the same transaction.

        `established_on` may lie before every membership: a household is often older than what its village knows of it.

        Raises `NotFound`, `HouseholdNeedsOneHead`, `RelationDisagrees`, `MemberElsewhere`, `MemberNotOfThisPlace`,
        `MembershipDatesWrong`.
        """
        principal.scope(PERMISSION).require(area)
        if established_on > today(self._clock):
            raise MembershipDatesWrong.at("established_on")
        await self._placement.check([Arrival(Place(area, kind), None, established_on, "area")])
        people = await self._people(principal, joining, path="members.{}.")
        members = await self._members(kind, area, established_on, joining, people, path="members.{}.")
        rules.found(members)
        paths = {one.person_id: f"members.{place}.relation" for place, one in enumerate(members)}
        rules.check_kin(members, {one.id: one.birth_date for one in people}, paths)
        (household,) = self._add([(kind, area, established_on, members)])
        return household

    async def found_many(
        self, new: Sequence[tuple[HouseholdKind, str, date, Sequence[tuple[PersonRecord, str]]]]
    ) -> Sequence[HouseholdRecord]:
        """Households of persons who have just been registered, in bulk and without a scope: for the seed."""
        await self._placement.check([Arrival(Place(area, kind), None, on, "area") for kind, area, on, _ in new])
        rows: list[tuple[HouseholdKind, str, date, Sequence[Member]]] = []
        for kind, area, on, people in new:
            joining = [Joining(relation, person_id=person.id) for person, relation in people]
            persons = [person for person, _ in people]
            members = self._memberships(kind, area, on, joining, persons, {}, path="members.{}.")  # nobody left another
            rules.found(members)
            rows.append((kind, area, on, members))
        return self._add(rows)

    async def add_member(
        self, principal: Principal, id: UUID, joining: Joining, *, expected: Seen = None
    ) -> HouseholdRecord:
        """Add a member. Raises as `found`, `VersionMismatch`, `HouseholdHasHead`."""
        await self._visible(principal, id, PERMISSION)
        (person,) = await self._people(principal, [joining], path="")
        before = await self._active(id, expected)
        earliest = max(before.established_on, rules.head_since(before.members))
        (member,) = await self._members(before.kind, before.area, earliest, [joining], [person], path="")
        after = before.with_members(rules.join(before.members, member))
        rules.check_kin(after.members, await self._rows.births(after.people), {person.id: "relation"})
        kind, now = HouseholdChangeKind.MEMBER_ADDED, self._clock.now()
        change = Change(before.id, after.version, kind, person.id, member.since, now, before.members)
        await self._households.change(before, after, change)
        self._outbox.add(HouseholdMemberAdded(state=HouseholdState.model_validate(after), person_id=person.id))
        return after

    async def remove_member(
        self,
        principal: Principal,
        id: UUID,
        person_id: UUID,
        *,
        on: date,
        succession: Succession | None,
        expected: Seen = None,
    ) -> HouseholdRecord:
        """One member less. Raises `VersionMismatch`, `HouseholdNeedsHead` without a successor, `RelationDisagrees`."""
        await self._visible(principal, id, PERMISSION)
        person = await self._rows.locked(person_id)
        if person is None:
            raise NotFound(person_id)
        note(self._access, principal, "leave_household", person, PERMISSION, Detail.WRITE)
        before = await self._active(id, expected)
        if succession is not None:
            succession.require_members(before.staying(person_id, on))
        return await self._leavings.leave(before, person_id, on, succession)

    async def _visible(self, principal: Principal, id: UUID, permission: str) -> HouseholdRecord:
        household = await self._households.get(id)
        if household is None:
            raise NotFound(id)
        principal.scope(permission).require(household.area)
        return household

    async def _active(self, id: UUID, expected: Seen) -> HouseholdRecord:
        household = await self._households.locked(id)
        if household is None:
            raise NotFound(id)
        if household.status != HouseholdStatus.ACTIVE:
            raise HouseholdDissolvedAlready(id)
        require_version(household, expected)
        return household

    async def _people(self, principal: Principal, joining: Sequence[Joining], *, path: str) -> Sequence[PersonRecord]:
        """The persons behind the joining, in order, each noted: new ones registered, known ones locked and in scope.

        `path` is where a joining stands in the body, with `{}` for its index. Numbers are asked for last: whoever names
        a member that is not there hears nothing of them.
        """
        scope = principal.scope(PERMISSION)
        known = await self._rows.all_locked({one.person_id for one in joining if one.person_id is not None})
        for index, one in enumerate(joining):
            person = None if one.person_id is None else known.get(one.person_id)
            if one.person_id is not None and (person is None or not scope.allows_any(*person.areas)):
                note_nothing(self._access, principal, "join_household", one.person_id)
                raise NotFound.at(f"{path.format(index)}person_id", subject=one.person_id)
        new = {
            f"{path.format(index)}person.": one.person for index, one in enumerate(joining) if one.person is not None
        }
        registered = iter(
            await self._persons.register_many(
                principal, list(new.values()), permission="person.register", paths=list(new)
            )
        )
        people = [next(registered) if one.person_id is None else known[one.person_id] for one in joining]
        for index, person in enumerate(people):
            if not scope.allows_any(*person.areas):
                raise NotFound.at(f"{path.format(index)}person", subject=person.id)
            note(self._access, principal, "join_household", person, PERMISSION, Detail.WRITE)
        pairs = enumerate(zip(joining, people, strict=True))
        rules.check_relations([(f"{path.format(at)}relation", one.relation, who.sex) for at, (one, who) in pairs])
        return people

    async def _members(
        self,
        kind: str,
        area: str,
        earliest: date,
        joining: Sequence[Joining],
        people: Sequence[PersonRecord],
        *,
        path: str,
    ) -> list[Member]:
        """The memberships, in order; raises as `_memberships`."""
        known = {person.id for one, person in zip(joining, people, strict=True) if one.person_id is not None}
        earlier = await self._households.belonging(known, kind)
        return self._memberships(kind, area, earliest, joining, people, earlier, path=path)

    def _memberships(
        self,
        kind: str,
        area: str,
        earliest: date,
        joining: Sequence[Joining],
        people: Sequence[PersonRecord],
        earlier: Mapping[UUID, Belonging],
        *,
        path: str,
    ) -> list[Member]:
        """The memberships, in order. Each begins when the person belongs there and has left any other such household.

        Nobody joins before the head does, whose relation is the first to be looked at. Raises `MemberElsewhere`,
        `MemberNotOfThisPlace`, `MembershipDatesWrong`, each of which says which of them it is; `path` as for `_people`.
        """
        members: dict[int, Member] = {}
        day = today(self._clock)
        pairs = sorted(enumerate(zip(joining, people, strict=True)), key=lambda pair: pair[1][0].relation != HEAD)
        for number, (one, person) in pairs:
            where = path.format(number)
            who = f"{where}person" if one.person_id is None else f"{where}person_id"
            if not belongs(person, kind, area):
                raise MemberNotOfThisPlace.at(who, subject=person.id)
            before = earlier.get(person.id, Belonging())
            if before.now:
                raise MemberElsewhere.at(who, subject=person.id)
            span = spans_of(person.registration if book_of(kind) is Book.REGISTRATION else person.residence)[-1]
            first_day = max(earliest, span.start, before.left_on or earliest)
            since = one.since or first_day
            if not first_day <= since <= day:
                raise MembershipDatesWrong.at(f"{where}since", subject=person.id)
            members[number] = Member(person.id, one.relation, since)
            if one.relation == HEAD:
                earliest = since
        return [members[number] for number in range(len(joining))]

    def _add(self, new: Sequence[tuple[HouseholdKind, str, date, Sequence[Member]]]) -> Sequence[HouseholdRecord]:
        day = today(self._clock)
        households = [
            HouseholdRecord(
                id=new_id(),
                version=1,
                kind=str(kind),
                area=area,
                status=str(HouseholdStatus.ACTIVE),
                established_on=established_on,
                dissolved_on=None,
                members=tuple(members),
            )
            for kind, area, established_on, members in new
        ]
        if any(one.established_on > day for one in households):
            raise MembershipDatesWrong.at("established_on")
        self._households.add(households)
        for household in households:
            self._outbox.add(HouseholdFounded(state=HouseholdState.model_validate(household)))
        return households
