"""Queries over tags."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.tags.domain import Family
from services.registry.tags.models import Tag
from shared.db.compare_and_set import guarded_update

TAG = Base.metadata.tables[Tag.__tablename__]
_COLUMNS = (
    TAG.c.id,
    TAG.c.version,
    TAG.c.person_id,
    TAG.c.family,
    TAG.c.code,
    TAG.c.level,
    TAG.c.source,
    TAG.c.started_on,
    TAG.c.ended_on,
    TAG.c.ended_by,
    TAG.c.started_by,
    TAG.c.contacts,
)


@dataclass(frozen=True, slots=True)
class TagRecord:
    """A tag as stored."""

    id: UUID
    version: int
    person_id: UUID
    family: str
    code: str
    level: str | None
    source: str | None
    started_on: date
    ended_on: date | None
    ended_by: UUID | None = None
    started_by: UUID | None = None
    contacts: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TagOfPerson:
    """A tag with the person who carries it."""

    tag: TagRecord
    person: PersonRecord


class TagRepository:
    """Tags. Whoever changes a tag holds the lock on its person's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, tags: Sequence[TagRecord], *, now: datetime) -> None:
        """New tags."""
        if tags:
            rows = [{column.name: getattr(tag, column.name) for column in _COLUMNS} for tag in tags]
            await self._session.execute(insert(TAG), [{**row, "recorded_at": now} for row in rows])

    async def get(self, id: UUID, family: Family) -> TagRecord | None:
        """A tag of a family. The caller asks the scope of its person."""
        statement = select(*_COLUMNS).where(TAG.c.id == id, TAG.c.family == str(family))
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else TagRecord(**row._mapping)

    async def find(self, id: UUID) -> TagRecord | None:
        """A tag of either family. The caller asks the scope of its person, and of its family."""
        row = (await self._session.execute(select(*_COLUMNS).where(TAG.c.id == id))).one_or_none()
        return None if row is None else TagRecord(**row._mapping)

    async def of(self, person_id: UUID, family: Family | None = None) -> Sequence[TagRecord]:
        """A person's tags, oldest first, ended ones too."""
        statement = select(*_COLUMNS).where(TAG.c.person_id == person_id).order_by(TAG.c.started_on, TAG.c.id)
        if family is not None:
            statement = statement.where(TAG.c.family == str(family))
        return [TagRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def started_by(self, event_id: UUID) -> Sequence[TagRecord]:
        """The tags that were handed over with a merge, ended ones too."""
        statement = select(*_COLUMNS).where(TAG.c.started_by == event_id)
        return [TagRecord(**row._mapping) for row in await self._session.execute(statement.order_by(TAG.c.id))]

    async def end(self, seen: TagRecord, on: date, *, now: datetime) -> TagRecord | None:
        """Compare-and-set: end an open tag; None if it has ended before."""
        changed = guarded_update(Tag, seen, ended_on=on, end_recorded_at=now)
        row = (await self._session.execute(changed.where(Tag.ended_on.is_(None)).returning(*_COLUMNS))).one_or_none()
        return None if row is None else TagRecord(**row._mapping)

    async def set_end(self, seen: TagRecord, on: date | None, *, by: UUID | None) -> TagRecord | None:
        """Compare-and-set: the tag ends with a life event, or holds again; None if somebody changed it since."""
        changed = guarded_update(Tag, seen, ended_on=on, ended_by=by, end_recorded_at=None)
        statement = changed.returning(*_COLUMNS)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else TagRecord(**row._mapping)

    async def set_contacts(self, seen: TagRecord, contacts: Sequence[dict[str, str]]) -> TagRecord | None:
        """Compare-and-set: other contacts are valid; None if somebody changed the tag since."""
        statement = guarded_update(Tag, seen, contacts=list(contacts)).returning(*_COLUMNS)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else TagRecord(**row._mapping)

    async def touch(self, ids: Sequence[UUID]) -> Sequence[TagRecord]:
        """Raise the versions of tags whose state repeats something of the person that has changed."""
        statement = update(TAG).where(TAG.c.id.in_(ids)).values(version=TAG.c.version + 1).returning(*_COLUMNS)
        return [TagRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def touch_of(self, person_ids: Collection[UUID]) -> Sequence[TagRecord]:
        """The same of all tags of these persons."""
        mine = TAG.c.person_id.in_(person_ids)
        statement = update(TAG).where(mine).values(version=TAG.c.version + 1).returning(*_COLUMNS)
        return [TagRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def locked_after(self, id: UUID | None, limit: int, family: Family) -> Sequence[TagOfPerson]:
        """The next tags of a family in id order with their persons, locked.

        Persons first, as everybody else does, and the tags read again under their lock: the state that is
        announced must be the newest, or compaction would keep it in place of a newer one.
        """
        page: Any = select(TAG.c.id, TAG.c.person_id).where(TAG.c.family == str(family)).order_by(TAG.c.id).limit(limit)
        if id is not None:
            page = page.where(TAG.c.id > id)
        found = {row.id: row.person_id for row in await self._session.execute(page)}
        people = await PersonRepository(self._session).all_locked(set(found.values()))
        tags = select(*_COLUMNS).where(TAG.c.id.in_(found)).order_by(TAG.c.id).with_for_update()
        return [
            TagOfPerson(TagRecord(**row._mapping), people[row.person_id]) for row in await self._session.execute(tags)
        ]
