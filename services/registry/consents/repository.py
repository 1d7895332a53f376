"""Queries over consents and their versions, and over who is a guardian by what the register knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.consents.domain import ANNULLED, ConsentFilter, ConsentRecord
from services.registry.consents.models import Consent, ConsentCount, ConsentVersion
from services.registry.persons.domain import PersonRecord
from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import in_scope
from services.registry.persons.repository.persons import PersonRepository
from services.registry.tag_contacts.domain import VALID
from services.registry.tag_contacts.models import TagContact
from services.registry.tags.domain import Family
from services.registry.tags.models import Tag
from shared.auth.scope import Scope
from shared.contracts.registry.tags import TagContactRole
from shared.db.compare_and_set import guarded_update
from shared.db.row_versions import RowVersionRepository
from shared.ids import new_id

COLUMNS = tuple(getattr(Consent, field.name) for field in fields(ConsentRecord))
_PERSONS_AREA = func.coalesce(Person.residence_area, Person.registration_area)


@dataclass(frozen=True, slots=True)
class Located:
    """A consent, and the area of its person that the access log names."""

    consent: ConsentRecord
    area: str


class Counted(NamedTuple):
    """Under which id a consent counts, and the version of what is announced of that."""

    id: UUID
    version: int


class ConsentRepository:
    """Consents. Whoever changes one holds the lock on its person's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.history = RowVersionRepository(session, ConsentVersion, ConsentVersion.consent_id)

    async def add(self, one: ConsentRecord) -> None:
        """A new one."""
        row = {column.key: getattr(one, column.key) for column in COLUMNS}
        await self._session.execute(insert(Consent), [{**row, "groups": list(one.groups)}])

    async def get(self, id: UUID) -> ConsentRecord | None:
        """One by id. The caller asks the scope of its person."""
        row = (await self._session.execute(select(*COLUMNS).where(Consent.id == id))).one_or_none()
        return None if row is None else _record(row)

    async def of(self, person_id: UUID) -> Sequence[ConsentRecord]:
        """A person's, the earliest first, annulled ones too."""
        return await self._all(Consent.person_id == person_id)

    async def started_by(self, event_id: UUID) -> Sequence[ConsentRecord]:
        """Those that a merge handed over."""
        return await self._all(Consent.started_by == event_id)

    async def change(self, seen: ConsentRecord, **changes: Any) -> ConsentRecord | None:
        """Compare-and-set on version and status; None if somebody else changed it since it was seen."""
        statement = guarded_update(Consent, seen, **changes).returning(*COLUMNS)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def page(
        self, seen: Scope, within: Scope, wanted: ConsentFilter, day: date, *, after: UUID | None, limit: int
    ) -> Sequence[Located]:
        """Consents of persons in scope and `within` an area, by id; `day`: today."""
        statement = select(*COLUMNS, _PERSONS_AREA.label("area")).join(Person, Person.id == Consent.person_id)
        statement = statement.where(_listed(seen, within, wanted, day)).order_by(Consent.id).limit(limit)
        if after is not None:
            statement = statement.where(Consent.id > after)
        found = []
        for row in await self._session.execute(statement):
            *values, area = row
            named = dict(zip((column.key for column in COLUMNS), values, strict=True))
            found.append(Located(_made(named), area))
        return found

    async def count(self, seen: Scope, within: Scope, wanted: ConsentFilter, day: date) -> int:
        """How many `page` lists in all."""
        statement = select(func.count()).select_from(Consent).join(Person, Person.id == Consent.person_id)
        return await self._session.scalar(statement.where(_listed(seen, within, wanted, day))) or 0

    async def locked_after(self, id: UUID | None, limit: int) -> Sequence[ConsentRecord]:
        """The next consents in id order, their persons locked first, as everybody does."""
        page: Any = select(Consent.id, Consent.person_id).order_by(Consent.id).limit(limit)
        if id is not None:
            page = page.where(Consent.id > id)
        found = {row.id: row.person_id for row in await self._session.execute(page)}
        await PersonRepository(self._session).all_locked(set(found.values()))
        statement = select(*COLUMNS).where(Consent.id.in_(found)).order_by(Consent.id).with_for_update()
        return [_record(row) for row in await self._session.execute(statement)]

    async def counted_again(self, ids: Mapping[UUID, UUID]) -> Mapping[UUID, Counted]:
        """The next version of what these consents count as; `ids`: the id of each that was not counted before."""
        rows = [{"id": new, "version": 1, "consent_id": consent} for consent, new in ids.items()]
        statement = insert(ConsentCount).values(rows)
        statement = statement.on_conflict_do_update(
            index_elements=["consent_id"], set_={"version": ConsentCount.version + 1}
        )
        found = await self._session.execute(
            statement.returning(ConsentCount.consent_id, ConsentCount.id, ConsentCount.version)
        )
        return {row.consent_id: Counted(row.id, row.version) for row in found}

    async def counts_locked_after(
        self, id: UUID | None, limit: int
    ) -> Sequence[tuple[Counted, ConsentRecord, PersonRecord]]:
        """The next consents in the order of the ids under which they count, their persons locked first.

        Those which a release without counts entered, beside this one, begin to count.
        """
        if id is None:
            uncounted = select(Consent.id).where(~select(1).where(ConsentCount.consent_id == Consent.id).exists())
            missing = [
                {"id": new_id(), "version": 1, "consent_id": one} for one in await self._session.scalars(uncounted)
            ]
            if missing:
                await self._session.execute(insert(ConsentCount).on_conflict_do_nothing(), missing)
        page: Any = (
            select(ConsentCount.id, Consent.person_id)
            .join(Consent, Consent.id == ConsentCount.consent_id)
            .order_by(ConsentCount.id)
            .limit(limit)
        )
        if id is not None:
            page = page.where(ConsentCount.id > id)
        found = {row.id: row.person_id for row in await self._session.execute(page)}
        people = await PersonRepository(self._session).all_locked(set(found.values()))
        counts = await self._session.execute(
            select(ConsentCount.id.label("count"), ConsentCount.version.label("counted"), *COLUMNS)
            .join(Consent, Consent.id == ConsentCount.consent_id)
            .where(ConsentCount.id.in_(found))
            .order_by(ConsentCount.id)
            .with_for_update()
        )
        read = []
        for row in counts:
            count, counted, *values = row
            one = _made(dict(zip((column.key for column in COLUMNS), values, strict=True)))
            read.append((Counted(count, counted), one, people[one.person_id]))
        return read

    async def guardians(self, person_id: UUID) -> Sequence[TagContact]:
        """Valid guardians by open tags of the care family: those of the other family are nobody's to rely on here."""
        held = select(Tag.id).where(Tag.person_id == person_id, Tag.family == str(Family.CARE), Tag.ended_on.is_(None))
        statement = select(TagContact).where(
            TagContact.tag_id.in_(held),
            TagContact.role == str(TagContactRole.GUARDIAN),
            TagContact.status == str(VALID),
        )
        rows = await self._session.scalars(statement.execution_options(populate_existing=True))
        return rows.all()

    async def _all(self, which: ColumnElement[bool]) -> Sequence[ConsentRecord]:
        statement = select(*COLUMNS).where(which).order_by(Consent.given_on, Consent.id)
        return [_record(row) for row in await self._session.execute(statement)]


def _listed(seen: Scope, within: Scope, wanted: ConsentFilter, day: date) -> ColumnElement[bool]:
    """The one predicate of list and count: what holds on the day."""
    on = wanted.on or day
    here = within.where(Person.residence_area, Person.registration_area)
    holds = and_(
        Consent.status != str(ANNULLED),
        Consent.given_on <= on,
        or_(Consent.until.is_(None), Consent.until > on),
        or_(Consent.ended_on.is_(None), Consent.ended_on > on),
    )
    listed = and_(in_scope(seen), here, holds)
    return listed if wanted.purpose is None else and_(listed, Consent.purpose == str(wanted.purpose))


def _record(row: Row[Any]) -> ConsentRecord:
    return _made(dict(row._mapping))


def _made(values: dict[str, Any]) -> ConsentRecord:
    one = ConsentRecord(**values)
    return replace(one, groups=tuple(one.groups))
