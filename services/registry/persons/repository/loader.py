"""Hot read of a person by id: the ids of all who ask at the same moment go into one statement."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.dialects.postgresql.asyncpg import dialect

from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import ONE
from shared.db.engine import Database
from shared.db.gathering import Question

_SELECT = ONE.compile(dialect=dialect())  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects are not typed
BY_ID = Question(f"{_SELECT} WHERE persons.id = ANY($1::uuid[])", key="id")  # no value is in it


class PersonLoader:
    """One per process."""

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database

    async def load(self, id: UUID) -> PersonRecord | None:
        """A person by id. Raises what the driver raises while the database is away."""
        row = (await self._database().reads.ask(BY_ID, (id,))).get(id)
        return None if row is None else PersonRecord(**row)
