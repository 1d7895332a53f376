"""Taking in of rows of a list: people are registered together, and so are the households that they found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.registry.households.domain import (
    Belonging,
    HouseholdHasHead,
    HouseholdKind,
    HouseholdNeedsOneHead,
    Joining,
    check_relations,
)
from services.registry.households.repository import HouseholdRepository
from services.registry.households.service.households import PERMISSION, Households
from services.registry.person_imports.domain.rows import Listed
from services.registry.person_imports.repository import Key, PersonImportRepository
from services.registry.person_imports.service.register import RegisterOfList
from services.registry.persons.domain import NewPerson, PersonAlreadyRegistered, PersonRecord
from services.registry.persons.service.persons import Persons
from shared.auth.principal import Principal
from shared.imports.intake import Marked
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext
from shared.reference.documents import DocumentType, check_document
from shared.reference.relations import HEAD


@dataclass(frozen=True, slots=True)
class _Founding:
    """A household of people who are all new."""

    kind: HouseholdKind
    area: str
    members: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of the rows that are new."""

    alone: list[int] = field(default_factory=list)
    foundings: list[_Founding] = field(default_factory=list)
    joinings: list[tuple[Sequence[int], Sequence[int]]] = field(default_factory=list)
    """New rows of a household, and all rows of it."""


class PersonTaking:
    """One transaction's rows of a list."""

    def __init__(
        self,
        context: UseCaseContext,
        principal: Principal,
        row: ImportRow,
        register: RegisterOfList,
        persons: Persons,
        households: Households,
    ) -> None:
        self._principal = principal
        self._row = row
        self._register = register
        self._persons = persons
        self._founder = households
        self._rows = PersonImportRepository(context.session)
        self._households = HouseholdRepository(context.session)
        self._people: dict[int, UUID] = {}
        """Who stands behind a row, by its number."""

    async def take(
        self,
        rows: Sequence[Marked],
        batch: Sequence[Marked],
        listed: Mapping[int, Listed],
        groups: Sequence[Sequence[int]],
        day: date,
    ) -> int:
        """Take the rows in; returns how many of them were there already."""
        taken = await self._rows.known(batch)
        keys: dict[int, Key] = {one.row.number: (one.digest, one.occurrence) for one in batch}
        self._people = {number: taken[key] for number, key in keys.items() if key in taken}
        asked = {one.row.number: listed[one.row.number] for one in rows}
        there = await self._there(asked)
        new = await self._confirmed({number: one for number, one in asked.items() if number not in there})
        plan = self._plan(groups, listed, new)
        await self._register_all(plan, listed, new)
        for fresh, group in plan.joinings:
            await self._join(fresh, group, listed, new, day)
        self._rows.add(self._row.id, {keys[number]: self._people[number] for number in asked})
        return len(there)

    async def _there(self, asked: Mapping[int, Listed]) -> set[int]:
        """Rows of people who are registered, as the row says. Raises for one of whom it says something else."""
        records = await self._register.by_numbers([one.number for one in asked.values() if one.number])
        found = set()
        for number, one in asked.items():
            record = records.get(one.number) if one.number else None
            if record is None:
                continue
            if self._register.differences(one, record):
                raise PersonAlreadyRegistered.at("document.number", subject=record.id)
            self._people[number] = record.id
            found.add(number)
        return found

    async def _confirmed(self, new: Mapping[int, Listed]) -> Mapping[int, NewPerson]:
        """The people of new rows; who was confirmed to be somebody else than the suspects then is so now."""
        people = {number: one.person for number, one in new.items() if one.person is not None}
        without = [number for number, one in new.items() if one.number is None]
        confirmed = await self._rows.confirmed(self._row.id, without) if without else {}
        for number, shown in confirmed.items():
            suspects = await self._persons.find_duplicates(self._principal, people[number])
            ids = {one.person.record.id for one in suspects.people} - set(shown)
            if ids <= await self._rows.of_import(self._row.id, ids):  # or came of rows above it, which were seen too
                people[number] = replace(people[number], confirmation=suspects.confirmation)
        return people

    def _plan(
        self, groups: Sequence[Sequence[int]], listed: Mapping[int, Listed], new: Mapping[int, NewPerson]
    ) -> _Plan:
        plan = _Plan()
        for group in groups:
            fresh = [number for number in group if number in new]
            if not fresh:
                continue
            head = next((number for number in group if listed[number].is_head), None)
            standing = [number for number in group if number in self._people]
            if head is not None and head in new and not standing:
                kind = listed[head].kind
                area = listed[head].area(kind)
                if area is not None:
                    plan.foundings.append(_Founding(kind, area, fresh))
                    continue
            elif head in new or head in self._people or (head is None and listed[fresh[0]].text("head_number")):
                plan.joinings.append((fresh, group))
                continue
            plan.alone.extend(fresh)
        return plan

    async def _register_all(self, plan: _Plan, listed: Mapping[int, Listed], new: Mapping[int, NewPerson]) -> None:
        numbers = [*plan.alone, *(number for one in plan.foundings for number in one.members)]
        if not numbers:
            return
        scope = self._principal.scope(PERMISSION)
        for one in plan.foundings:
            scope.require(one.area)
            check_relations([("relation", listed[at].relation or "", new[at].sex) for at in one.members])
        right = not any(listed[number].errors for number in numbers)
        records = dict(
            zip(
                numbers,
                await self._persons.register_many(
                    self._principal,
                    [new[number] for number in numbers],
                    permission="person.register",
                    judged=[(listed[number].number or (None, None))[1] for number in numbers] if right else None,
                ),
                strict=True,
            )
        )
        self._people |= {number: record.id for number, record in records.items()}
        await self._founder.found_many([self._founding(one, records, listed, new) for one in plan.foundings])

    @staticmethod
    def _founding(
        one: _Founding,
        records: Mapping[int, PersonRecord],
        listed: Mapping[int, Listed],
        new: Mapping[int, NewPerson],
    ) -> tuple[HouseholdKind, str, date, Sequence[tuple[PersonRecord, str]]]:
        since = min(new[number].occurred_on for number in one.members)
        members = [(records[number], listed[number].relation or "") for number in one.members]
        return one.kind, one.area, since, members

    async def _join(
        self,
        fresh: Sequence[int],
        group: Sequence[int],
        listed: Mapping[int, Listed],
        new: Mapping[int, NewPerson],
        day: date,
    ) -> None:
        """Into the household of a head who is registered; or a household is founded with whom of it is registered."""
        head = next((number for number in group if listed[number].is_head), None)
        kind = listed[head if head is not None else fresh[0]].kind
        head_id = self._people.get(head) if head is not None else await self._head(listed[fresh[0]], day)
        household = None if head_id is None else await self._households.headed_by(head_id, kind)
        if household is not None:
            for number in fresh:
                joining = Joining(listed[number].relation or "", person=new[number])
                after = await self._founder.add_member(self._principal, household, joining)
                self._people[number] = after.members[-1].person_id
            return
        standing = {number: self._people[number] for number in group if number in self._people}
        belonging = await self._households.belonging({*standing.values(), *([head_id] if head_id else [])}, kind)
        if head_id is not None and belonging.get(head_id, Belonging()).now:
            raise HouseholdHasHead.at("relation")
        joining_all = [Joining(listed[number].relation or "", person=new[number]) for number in fresh]
        if head is None and head_id is not None:
            joining_all.append(Joining(HEAD, person_id=head_id))
        joining_all += [
            Joining(listed[number].relation or "", person_id=person)
            for number, person in standing.items()
            if not belonging.get(person, Belonging()).now
        ]
        area = listed[head if head is not None else fresh[0]].area(kind)
        since = min(new[number].occurred_on for number in fresh)
        made = await self._founder.found(self._principal, kind, area or "", since, joining_all)
        self._people |= {number: made.members[at].person_id for at, number in enumerate(fresh)}

    async def _head(self, one: Listed, day: date) -> UUID | None:
        """The head whom a row names by number. Raises `HouseholdNeedsOneHead` if nobody is known here by it."""
        number = check_document(DocumentType.CITIZEN_ID, one.text("head_number") or "", on=day).number
        records = await self._register.by_numbers([(str(DocumentType.CITIZEN_ID), number)])
        if not records:
            raise HouseholdNeedsOneHead.at("head_number")
        return next(iter(records.values())).id
