"""Queries over persons: plain SQL, because these rows are the hot ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import literal_column

from services.registry.persons.domain import NumberHolder, PersonRecord, require_kept
from services.registry.persons.models import Person, PersonDigest
from services.registry.persons.repository.conditions import area_in, in_scope, listed, stands_in, undocumented, until_in
from shared.auth.scope import Scope, inside
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.crypto.service import BlindKey
from shared.db.among import among
from shared.db.compare_and_set import guarded_update
from shared.errors import Unavailable
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS


def village_names(place: str) -> str:
    """SQL of the names of an area and those above it, from the county to the village."""
    codes = ", ".join(f"left({place}, {digits})" for digits in (COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS))
    names = f"SELECT areas.name FROM areas WHERE areas.code IN ({codes}) ORDER BY areas.code"  # noqa: S608  # digits
    return f"ARRAY({names})"


_PLACE = "coalesce(persons.residence_area, persons.registration_area)"
_VILLAGE_NAMES: ColumnElement[list[str]] = literal_column(village_names(_PLACE)).label("village_names")

COLUMNS = tuple(getattr(Person, one.name) for one in fields(PersonRecord) if hasattr(Person, one.name))
ONE = select(*COLUMNS, _VILLAGE_NAMES)
"""All that a `PersonRecord` holds, by its names."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A blind index value of a document number, and the person who has it."""

    person_id: UUID
    kind: str
    key: BlindKey


class PersonRepository:
    """Persons and the digests of their document numbers."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> PersonRecord | None:
        """A person by id. The caller asks the scope."""
        row = (await self._session.execute(ONE.where(Person.id == id))).one_or_none()
        return None if row is None else _record(row)

    async def locked(self, id: UUID) -> PersonRecord | None:
        """The same, locked against other changes to the end of the transaction."""
        statement = ONE.where(Person.id == id).with_for_update(key_share=True)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def all_locked(self, ids: Collection[UUID]) -> Mapping[UUID, PersonRecord]:
        """These persons as far as they exist, locked in the order of their ids."""
        if not ids:
            return {}
        statement = ONE.where(Person.id.in_(ids)).order_by(Person.id).with_for_update(key_share=True)
        return {row.id: _record(row) for row in await self._session.execute(statement)}

    async def sexes(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Sex of each of these persons, not locked."""
        rows = await self._session.execute(select(Person.id, Person.sex).where(Person.id.in_(ids)))
        return {row.id: row.sex for row in rows}

    async def births(self, ids: Collection[UUID]) -> Mapping[UUID, date]:
        """Date of birth of each of these persons, not locked."""
        rows = await self._session.execute(select(Person.id, Person.birth_date).where(Person.id.in_(ids)))
        return {row.id: row.birth_date for row in rows}

    async def visible(self, ids: Collection[UUID], scope: Scope) -> Sequence[PersonRecord]:
        """Those of these persons who are in the scope."""
        statement = ONE.where(Person.id.in_(ids), in_scope(scope))
        return [_record(row) for row in await self._session.execute(statement)]

    async def anybody_in(self, area: str) -> bool:
        """Whether somebody has an open residence or registration inside the area. Takes no lock."""
        lives = and_(inside(Person.residence_area, area), Person.residence_until.is_(None))
        registered = and_(inside(Person.registration_area, area), Person.registration_until.is_(None))
        return bool(await self._session.scalar(select(exists().where(or_(lives, registered)))))

    async def by_digests(self, kind: str, keys: Sequence[BlindKey]) -> PersonRecord | None:
        """The person with the number. The caller asks the scope."""
        found = (
            select(PersonDigest.person_id)
            .where(
                PersonDigest.kind == kind,
                tuple_(PersonDigest.key_id, PersonDigest.digest).in_([(key.key_id, key.digest) for key in keys]),
            )
            .limit(1)
            .scalar_subquery()
        )
        row = (await self._session.execute(ONE.where(Person.id == found))).one_or_none()
        return None if row is None else _record(row)

    async def by_numbers(
        self, keys: Mapping[tuple[str, str, bytes], tuple[str, str]], scope: Scope
    ) -> Mapping[tuple[str, str], PersonRecord]:
        """Persons in the scope by kind and number of their documents; `keys`: these by kind, key and digest."""
        if not keys:
            return {}
        columns = (PersonDigest.kind, PersonDigest.key_id, PersonDigest.digest)
        statement = (
            select(*(column.label(f"digest_{at}") for at, column in enumerate(columns)), *COLUMNS, _VILLAGE_NAMES)
            .join(Person, Person.id == PersonDigest.person_id)
            .where(among(columns, keys), in_scope(scope))
        )
        found: dict[tuple[str, str], PersonRecord] = {}
        for row in await self._session.execute(statement):
            kind, key_id, digest, *values = row
            names = [*(column.key for column in COLUMNS), "village_names"]
            found[keys[kind, key_id, digest]] = PersonRecord(**dict(zip(names, values, strict=True)))
        return found

    async def holders(self, digests: Sequence[Digest]) -> Mapping[UUID, NumberHolder]:
        """Who holds the numbers of these digests, by the person of the digest: one of them at least is held.

        Raises `Unavailable` if the holder let go of it at this moment: asked again, it is free.
        """
        wanted = {(one.kind, one.key.key_id, one.key.digest): one.person_id for one in digests}
        columns = (PersonDigest.kind, PersonDigest.key_id, PersonDigest.digest)
        rows = await self._session.execute(
            select(*columns, Person.id, Person.residence_area, Person.registration_area)
            .join(Person, Person.id == PersonDigest.person_id)
            .where(among(columns, wanted))
        )
        others = {
            wanted[row.kind, row.key_id, row.digest]: NumberHolder(row.id, row.residence_area, row.registration_area)
            for row in rows
            if row.id != wanted[row.kind, row.key_id, row.digest]
        }
        if not others:
            raise Unavailable(retry_after=1)
        return others

    async def page(
        self,
        scope: Scope,
        within: Scope,
        book: Book,
        status: PersonStatus | None,
        *,
        after: tuple[str, UUID] | None,
        limit: int,
    ) -> Sequence[PersonRecord]:
        """Persons in the scope who stand, or stood last, `within` some areas in a book, in the order of area and id."""
        column = area_in(book)
        statement = ONE.where(listed(scope, within, book, status)).order_by(column, Person.id).limit(limit)
        if after is not None:
            statement = statement.where(func.row(column, Person.id) > func.row(*after))
        return [_record(row) for row in await self._session.execute(statement)]

    async def count(self, scope: Scope, within: Scope, book: Book, status: PersonStatus | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(Person).where(listed(scope, within, book, status))
        return await self._session.scalar(statement) or 0

    async def undocumented(
        self, scope: Scope, within: Scope, due_by: date | None, *, after: tuple[str, UUID] | None, limit: int
    ) -> Sequence[PersonRecord]:
        """Those who belong here without a document, the earliest due day first."""
        due, statement = Person.undocumented_due_on, ONE.where(undocumented(scope, within, due_by))
        if after is not None:
            statement = statement.where(func.row(due, Person.id) > func.row(date.fromisoformat(after[0]), after[1]))
        return [_record(row) for row in await self._session.execute(statement.order_by(due, Person.id).limit(limit))]

    async def count_undocumented(self, scope: Scope, within: Scope, due_by: date | None) -> int:
        """How many `undocumented` lists in all."""
        statement = select(func.count()).select_from(Person).where(undocumented(scope, within, due_by))
        return await self._session.scalar(statement) or 0

    async def stands_for_others(self, id: UUID) -> bool:
        """Whether somebody was merged into the person."""
        return bool(await self._session.scalar(select(exists().where(Person.merged_into == id))))

    async def uncompared_locked(self, limit: int) -> Sequence[PersonRecord]:
        """The next persons of whom no duplicates were looked for yet, in the order of ids, locked."""
        statement = ONE.where(Person.compared_at.is_(None)).order_by(Person.id).limit(limit)
        rows = await self._session.execute(statement.with_for_update(key_share=True, of=Person))
        return [_record(row) for row in rows]

    async def compared(self, ids: Collection[UUID], now: datetime) -> None:
        """Duplicates of these persons were looked for; nothing else of them changes."""
        await self._session.execute(update(Person).where(Person.id.in_(ids)).values(compared_at=now))

    async def stock(self, area: str, book: Book) -> int:
        """How many belong to an area now, by the book."""
        statement = select(func.count()).select_from(Person).where(inside(area_in(book), area), stands_in(book))
        return await self._session.scalar(statement) or 0

    async def change(self, seen: PersonRecord, **changes: Any) -> PersonRecord | None:
        """Compare-and-set; None if somebody else changed the person since it was seen. Raises `PersonErased`."""
        require_kept(seen)
        statement = guarded_update(Person, seen, **changes).returning(*COLUMNS, _VILLAGE_NAMES)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def change_all(self, changes: Sequence[tuple[PersonRecord, Mapping[str, Any]]]) -> Sequence[PersonRecord]:
        """The same of many whose rows are locked: each with the same columns."""
        if not changes:
            return []
        table = Person.__table__
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changes[0][1]}
        statement = (
            update(Person)
            .where(table.c.id == bindparam("old_id"), table.c.version == bindparam("old_version"))
            .values(version=table.c.version + 1, **columns)
        )
        connection = await self._session.connection()
        await self._session.flush()
        rows = [
            {"old_id": one.id, "old_version": one.version, **{f"new_{name}": value for name, value in new.items()}}
            for one, new in changes
        ]
        await connection.execute(statement, rows)
        own = {one.name for one in fields(PersonRecord)}
        return [
            replace(one, version=one.version + 1, **{name: value for name, value in new.items() if name in own})
            for one, new in changes
        ]

    async def belonging_to(self, villages: Collection[str]) -> Collection[UUID]:
        """Who stands in a book of one of these villages now. Takes no lock."""
        found: set[UUID] = set()
        for book in Book:
            village = func.left(area_in(book), VILLAGE_DIGITS)
            near = and_(area_in(book) >= min(villages, default=""), area_in(book) < max(villages, default="") + "~")
            statement = select(Person.id).where(near, village.in_(villages), until_in(book).is_(None))
            found.update((await self._session.scalars(statement)).all())
        return found

    async def replace_digests(self, id: UUID, digests: Sequence[Digest]) -> NumberHolder | None:
        """The number changed: the old one is free, the new one taken. If somebody else holds it: that person.

        Raises `Unavailable` if the other one let go of it at this moment.
        """
        await self._session.execute(delete(PersonDigest).where(PersonDigest.person_id == id))
        taken = (
            insert(PersonDigest)
            .values(list(map(digest_row, digests)))
            .on_conflict_do_nothing()
            .returning(PersonDigest.digest)
        )
        if len((await self._session.execute(taken)).all()) == len(digests):
            return None
        return (await self.holders(digests))[id]

    async def numbered_after(self, id: UUID | None, limit: int) -> Sequence[PersonRecord]:
        """The next persons with a number in id order, kept from being changed."""
        statement = select(*COLUMNS).where(Person.number_sealed.is_not(None)).order_by(Person.id).limit(limit)
        if id is not None:
            statement = statement.where(Person.id > id)
        locked = statement.with_for_update(key_share=True)
        return [_record(row) for row in await self._session.execute(locked)]

    async def digests_of(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[tuple[str, BlindKey]]]:
        """The digests under which persons are found, with their kinds."""
        columns = (PersonDigest.person_id, PersonDigest.kind, PersonDigest.key_id, PersonDigest.digest)
        found: dict[UUID, list[tuple[str, BlindKey]]] = {}
        for row in await self._session.execute(select(*columns).where(PersonDigest.person_id.in_(ids))):
            found.setdefault(row.person_id, []).append((row.kind, BlindKey(row.key_id, bytes(row.digest))))
        return found

    async def add_digests(self, digests: Sequence[Digest]) -> None:
        """Persons are found by these as well."""
        if digests:
            rows = list(map(digest_row, digests))
            await self._session.execute(insert(PersonDigest).values(rows).on_conflict_do_nothing())

    async def locked_after(self, id: UUID | None, limit: int) -> Sequence[PersonRecord]:
        """The next persons in id order, locked."""
        statement = select(*COLUMNS).order_by(Person.id).limit(limit).with_for_update()
        if id is not None:
            statement = statement.where(Person.id > id)
        return [_record(row) for row in await self._session.execute(statement)]


def digest_row(one: Digest) -> Mapping[str, Any]:
    """A digest column by column."""
    return {"kind": one.kind, "key_id": one.key.key_id, "digest": one.key.digest, "person_id": one.person_id}


def _record(row: Row[Any]) -> PersonRecord:
    return PersonRecord(**row._mapping)
