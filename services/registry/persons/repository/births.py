"""Queries over births: who was born on a day and entered by birth."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.life_events.domain import LifeEventKind
from services.registry.life_events.models import LifeEventRecord
from services.registry.persons.domain import PersonRecord
from services.registry.persons.models import Person
from services.registry.persons.repository.persons import ONE
from shared.auth.scope import Scope
from shared.db.locks import key_of


class BirthRepository:
    """Births, by the day."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self, days: Collection[date]) -> None:
        """Births of these days are entered one after the other, to the end of the transaction."""
        for day in sorted(days):
            await self._session.execute(select(func.pg_advisory_xact_lock(key_of(f"births of {day}"))))

    async def on(self, days: Collection[date], scope: Scope) -> Sequence[PersonRecord]:
        """Persons in the scope who were entered by birth on one of these days."""
        born = select(LifeEventRecord.person_id).where(
            LifeEventRecord.kind == str(LifeEventKind.BIRTH), LifeEventRecord.occurred_on.in_(days)
        )
        statement = ONE.where(Person.id.in_(born), scope.where(Person.residence_area, Person.registration_area))
        rows = await self._session.execute(statement.order_by(Person.id))
        return [PersonRecord(**row._mapping) for row in rows]
