"""Rows of a department's list become benefits and tags: each has its own result, none overwrites newer knowledge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.benefits.domain import TAGS, BenefitRecord, BenefitStatus
from services.registry.benefits.repository import BenefitRepository, HeldTag
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import open_fields
from services.registry.tag_contacts.service.contacts import TagContacts
from services.registry.tags.domain import Family, check_start, require_level
from services.registry.tags.repository import TagRepository
from services.registry.tags.service.listing import TagListing
from services.registry.tags.service.tags import require_fit
from shared.auth.access_log import Detail, Result, SystemActor
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import business_day, today
from shared.contracts.county.lists import ListKind
from shared.contracts.registry.list_outcomes import RowOutcome, RowResult
from shared.errors import DomainError
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.documents import DocumentType
from shared.reference.identity import Family as NumberFamily
from shared.reference.identity import check_number
from shared.reference.names import clean_name


@dataclass(frozen=True, slots=True)
class Delivered:
    """The list that rows stand on."""

    source: str
    kind: ListKind
    area: str
    list_id: str
    as_of: date
    clerk: Principal | None = None
    """Who hands it in at the counter; None: it came on the bus."""


@dataclass(frozen=True, slots=True, repr=False)
class Said:
    """A row: who is meant, and what holds. The repr shows nothing."""

    row: str
    person_id: UUID | None
    number: str | None
    since: date
    level: str | None
    monthly_fen: int | None
    name: str | None = None
    """Who is meant is called so; None: no name is asked for."""


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BenefitApplying:
    """Applying of rows, for trusted doors: the source may deliver lists of this kind for this area."""

    def __init__(self, context: UseCaseContext, contacts: TagContacts) -> None:
        self._session: AsyncSession = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._benefits = BenefitRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._tags = TagRepository(context.session)
        self._listing = TagListing(context)
        self._contacts = contacts

    async def apply(self, delivered: Delivered, rows: Sequence[Said]) -> list[RowOutcome]:
        """Apply rows in their order; who is not in the list's area is unknown, as who is not in the register."""
        meant = await self._meant(delivered, rows)
        people = await self._persons.all_locked(_ids(meant))
        held = dict(await self._benefits.of_source(delivered.source, str(delivered.kind), list(people)))
        tags = dict(await self._benefits.tags_of(TAGS[delivered.kind], list(people)))
        outcomes: list[RowOutcome] = []
        for said in rows:
            known = meant.get(said.row)
            person = None if known is None else people.get(known)
            if said.person_id is None and said.number is None:
                outcomes.append(RowOutcome(row=said.row, result=RowResult.REFUSED, code="person_missing"))
                continue
            self._note(delivered, person)
            if person is None:
                outcomes.append(RowOutcome(row=said.row, result=RowResult.UNKNOWN))
                continue
            try:
                async with self._session.begin_nested():
                    held[person.id], result = await self._row(delivered, said, person, held.get(person.id), tags)
                outcomes.append(RowOutcome(row=said.row, result=result))
            except (_Refused, DomainError) as refused:
                outcomes.append(RowOutcome(row=said.row, result=RowResult.REFUSED, code=refused.code))
                if (listed := await self._still_listed(delivered, held.get(person.id))) is not None:
                    held[person.id] = listed
        return outcomes

    async def known(self, delivered: Delivered, rows: Sequence[Said]) -> frozenset[str]:
        """The rows that mean somebody of the list's area; who was asked for is noted. Nothing changes."""
        meant = await self._meant(delivered, rows)
        people = {one.id: one for one in await self._persons.visible(_ids(meant), Scope((delivered.area,)))}
        for said in rows:
            found = meant.get(said.row)
            self._note(delivered, None if found is None else people.get(found), "check_list_benefit", Detail.EXISTENCE)
        return frozenset(row for row, found in meant.items() if found is not None)

    async def complete(self, delivered: Delivered) -> int:
        """The list is whole: whoever its source had before and has no more is proposed to be ended; how many."""
        return await self._benefits.miss(delivered.source, str(delivered.kind), delivered.area, as_of=delivered.as_of)

    async def _meant(self, delivered: Delivered, rows: Sequence[Said]) -> Mapping[str, UUID | None]:
        scope, day = Scope((delivered.area,)), today(self._clock)
        ids = [one.person_id for one in rows if one.person_id is not None]
        known = {one.id: one for one in await self._persons.visible(ids, scope)} if ids else {}
        numbers: dict[str, str] = {}
        for one in rows:
            if one.person_id is None and one.number is not None:
                checked = check_number(one.number, on=day)
                if checked.valid and checked.family is NumberFamily.CITIZEN:
                    numbers[one.row] = checked.number
        kind = str(DocumentType.CITIZEN_ID)
        keys = {
            (kind, key.key_id, key.digest): (kind, number)
            for number in numbers.values()
            for key in self._crypto.blind(kind, number)
        }
        by_number = await self._persons.by_numbers(keys, scope)
        return {
            one.row: (
                (one.person_id if one.person_id in known and self._is(one, known[one.person_id]) else None)
                if one.person_id is not None
                else record.id
                if (record := by_number.get((kind, numbers.get(one.row, "")))) is not None and self._is(one, record)
                else None
            )
            for one in rows
        }

    def _is(self, said: Said, record: PersonRecord) -> bool:
        """Whether the person of an id or number is called as the row says, if it says that.

        That it is another name is told to nobody.
        """
        if said.name is None:
            return True
        name, *_ = open_fields(record, self._crypto)
        return clean_name(said.name).text == name

    async def _row(
        self,
        delivered: Delivered,
        said: Said,
        person: PersonRecord,
        held: BenefitRecord | None,
        tags: dict[UUID, Sequence[HeldTag]],
    ) -> tuple[BenefitRecord, RowResult]:
        """Raises `_Refused` and the refusals of a tag's start, all of them before anything is told."""
        if held is not None:
            self._require_newer(delivered, held)
        check_start(said.since, birth_date=person.birth_date, today=today(self._clock))
        mine = tags.get(person.id, ())
        tag_id = await self._tag(delivered, said, person, mine, held)
        after = BenefitRecord(
            id=new_id() if held is None else held.id,
            version=1 if held is None else held.version,
            person_id=person.id,
            kind=str(delivered.kind),
            source=delivered.source,
            area=delivered.area,
            list_id=delivered.list_id,
            as_of=delivered.as_of,
            since=said.since,
            level=said.level,
            monthly_fen=said.monthly_fen,
            status=str(BenefitStatus.HELD),
            missing_on=None,
            tag_id=tag_id,
            ended_on=None,
            tag_ended=False,
            reason=None,
            decided_by=None,
            decided_at=None,
            recorded_at=self._clock.now() if held is None else held.recorded_at,
        )
        if held is None:
            await self._benefits.add(after)
            return after, RowResult.APPLIED
        same = self._says_the_same(held, after)
        moved = await self._benefits.move(held, after)
        if moved is None:
            raise _Refused("newer_known")
        return moved, RowResult.UNCHANGED if same else RowResult.APPLIED

    def _says_the_same(self, held: BenefitRecord, after: BenefitRecord) -> bool:
        """Whether nothing but the list that says it is another one."""
        by = replace(after, version=held.version, list_id=held.list_id, as_of=held.as_of, area=held.area)
        return replace(by, handed=held.handed) == held

    def _require_newer(self, delivered: Delivered, held: BenefitRecord) -> None:
        if held.list_id == delivered.list_id and held.as_of == delivered.as_of and held.area == delivered.area:
            raise _Refused("row_repeated")
        if held.as_of > delivered.as_of:
            raise _Refused("newer_known")
        decided = held.decided_at is not None and business_day(held.decided_at) > delivered.as_of
        if held.status == BenefitStatus.ENDED and decided:
            raise _Refused("newer_known")

    async def _tag(
        self,
        delivered: Delivered,
        said: Said,
        person: PersonRecord,
        mine: Sequence[HeldTag],
        held: BenefitRecord | None,
    ) -> UUID:
        """The tag that follows: the one that holds, or a new one. What was entered after the list's day stands."""
        code, as_of = TAGS[delivered.kind], delivered.as_of
        stands = next((one for one in mine if one.ended_on is None), None)
        if stands is not None and said.level in (None, stands.level):  # a list that names no grade says nothing of it
            return stands.id
        require_level(code, said.level)
        ours = (
            stands is not None and held is not None and held.tag_id == stands.id
        )  # known as of its list, not its entry
        if stands is not None and not ours and business_day(stands.recorded_at) > as_of:
            raise _Refused("newer_known")
        ended = max((one.ended_on for one in mine if one.ended_on is not None), default=None)
        if stands is None and ended is not None and (ended > as_of or any(_ended_after(one, as_of) for one in mine)):
            raise _Refused("newer_known")
        started_on = said.since if ended is None else max(said.since, ended)
        if stands is not None:
            started_on = said.since if said.since > stands.started_on else as_of
            require_fit(person, Family.CARE, code, started_on, today=today(self._clock))
            (before,) = [one for one in await self._tags.of(person.id, Family.CARE) if one.id == stands.id]
            await self._listing.end(person, before, started_on)
            after = await self._listing.start(person, code, said.level, started_on)
            await self._contacts.carry_over(before, after, person)
            return after.id
        return (await self._listing.start(person, code, said.level, started_on)).id

    async def _still_listed(self, delivered: Delivered, held: BenefitRecord | None) -> BenefitRecord | None:
        """Somebody whose row is refused is on the list all the same: nobody proposes to end what they hold."""
        open_ones = (BenefitStatus.HELD, BenefitStatus.MISSING)
        if held is None or held.status not in open_ones or held.as_of >= delivered.as_of:
            return None
        listed = replace(held, list_id=delivered.list_id, as_of=delivered.as_of)
        return await self._benefits.move(held, replace(listed, status=str(BenefitStatus.HELD), missing_on=None))

    def _note(
        self,
        delivered: Delivered,
        person: PersonRecord | None,
        action: str = "list_benefit",
        detail: Detail = Detail.WRITE,
    ) -> None:
        self._access.note(
            delivered.clerk or SystemActor(f"system:county:{delivered.source}"),
            action=action,
            noun="registry.person",
            object_id=None if person is None else person.id,
            area=delivered.area if person is None else person.area,
            detail=Detail.EXISTENCE if person is None else detail,
            result=Result.NOT_FOUND if person is None else Result.OK,
        )


def _ids(meant: Mapping[str, UUID | None]) -> set[UUID]:
    return {one for one in meant.values() if one is not None}


def _ended_after(tag: HeldTag, day: date) -> bool:
    """Whether somebody said after the day that the tag had ended, on whichever day it did."""
    return tag.end_recorded_at is not None and business_day(tag.end_recorded_at) > day
