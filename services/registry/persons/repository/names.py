"""Queries over what persons are found by if their names are known: blind tokens, one row for each key of the index."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.persons.domain import PersonRecord
from services.registry.persons.models import Person, PersonName
from services.registry.persons.repository.persons import ONE
from shared.auth.scope import Scope
from shared.contracts.registry.persons import PersonStatus
from shared.db.locks import key_of

NAME = Base.metadata.tables[PersonName.__tablename__]

MOST_ALIKE = 200

Tokens = Mapping[str, Sequence[str]]
"""Tokens of one name by the id of the key that made them."""


class NameRepository:
    """Tokens of names. Whoever changes them holds the lock on the person's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, tokens: Collection[str], scope: Scope, *, limit: int) -> Sequence[PersonRecord]:
        """Persons in the scope who have one of the tokens, by id; merged ones stand under who they were merged into."""
        statement = (
            ONE.where(_named(tokens), scope.where(Person.residence_area, Person.registration_area))
            .where(Person.status != str(PersonStatus.MERGED))
            .order_by(Person.id)
            .limit(limit)
        )
        return [PersonRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def lock(self, tokens: Collection[str]) -> None:
        """Persons who are so called, or sound so, are entered one after the other, to the end of the transaction."""
        for token in sorted(tokens):
            await self._session.execute(select(func.pg_advisory_xact_lock(key_of(f"name {token}"))))

    async def alike(self, tokens: Collection[str], birth_date: date, scope: Scope) -> Sequence[PersonRecord]:
        """Persons in the scope who are so called, or sound so: those born on the day first, at most `MOST_ALIKE`."""
        statement = (
            ONE.where(_named(tokens), scope.where(Person.residence_area, Person.registration_area))
            .where(Person.status != str(PersonStatus.MERGED))
            .order_by(Person.birth_date != birth_date, Person.id)
            .limit(MOST_ALIKE)
        )
        return [PersonRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def near(self, tokens: Collection[str], person: PersonRecord, days: timedelta) -> Sequence[PersonRecord]:
        """Others anywhere who are so called, or sound so, and were born within some days of the person.

        Of somebody with a number only those without one. At most `MOST_ALIKE`.
        """
        born = Person.birth_date.between(person.birth_date - days, person.birth_date + days)
        gone = [str(PersonStatus.MERGED), str(PersonStatus.ANNULLED)]
        statement = (
            ONE.where(_named(tokens), born, Person.id != person.id, Person.status.not_in(gone))
            .order_by(Person.birth_date != person.birth_date, Person.id)
            .limit(MOST_ALIKE)
        )
        if person.number_sealed is not None:
            statement = statement.where(Person.number_sealed.is_(None))
        return [PersonRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def replace(self, person_id: UUID, tokens: Tokens) -> None:
        """The name is another one, or stands under other keys."""
        await self._session.execute(delete(NAME).where(NAME.c.person_id == person_id))
        await self._session.execute(insert(NAME), name_rows(person_id, tokens))

    async def without(self, key_ids: Collection[str], limit: int) -> Sequence[PersonRecord]:
        """Persons whose names have no tokens under one of these keys, locked; of who was erased there is no name."""
        missing = [
            ~exists().where(NAME.c.person_id == Person.id, NAME.c.key_id == key_id) for key_id in sorted(key_ids)
        ]
        found: dict[UUID, PersonRecord] = {}
        for condition in missing:
            named = ONE.where(condition, Person.erased_at.is_(None))
            statement = named.order_by(Person.id).limit(limit).with_for_update(key_share=True)
            found |= {row.id: PersonRecord(**row._mapping) for row in await self._session.execute(statement)}
        return list(found.values())

    async def forget(self, but: Collection[str]) -> None:
        """Remove the tokens of keys that are no longer in use: of all `but` these."""
        await self._session.execute(delete(NAME).where(NAME.c.key_id.not_in(but)))


def _named(tokens: Collection[str]) -> ColumnElement[bool]:
    return exists().where(NAME.c.person_id == Person.id, NAME.c.tokens.overlap(list(tokens)))


def name_rows(person_id: UUID, tokens: Tokens) -> list[dict[str, Any]]:
    """The rows of one name's tokens."""
    return [{"person_id": person_id, "key_id": key_id, "tokens": list(some)} for key_id, some in tokens.items()]
