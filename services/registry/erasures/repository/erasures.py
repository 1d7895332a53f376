"""Queries over erasures and the answers of services."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.erasures.domain import AnswerRecord, ErasureRecord
from services.registry.erasures.models import Erasure, ErasureAnswer
from services.registry.persons.models import Person
from services.registry.persons.repository.merged import ids_of
from shared.auth.scope import Scope
from shared.contracts.registry.erasures import ErasureStatus
from shared.db.compare_and_set import guarded_update

ERASURE = Base.metadata.tables[Erasure.__tablename__]
ANSWER = Base.metadata.tables[ErasureAnswer.__tablename__]


class ErasureRepository:
    """Erasures. Whoever decides one holds the locks on its persons' rows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, erasure: ErasureRecord) -> None:
        """A new one, inserted at once: a second one that is open is refused by the table."""
        row = {column.name: getattr(erasure, column.name) for column in ERASURE.c}
        await self._session.execute(insert(ERASURE).values({**row, "persons": list(erasure.persons)}))

    async def get(self, id: UUID) -> ErasureRecord | None:
        """An erasure by id. The caller asks the scope of its person."""
        return await self._one(select(ERASURE).where(ERASURE.c.id == id))

    async def locked(self, id: UUID) -> ErasureRecord | None:
        """The same, locked until the transaction ends."""
        return await self._one(select(ERASURE).where(ERASURE.c.id == id).with_for_update())

    async def move(self, seen: ErasureRecord, to: ErasureStatus, **changes: Any) -> ErasureRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(Erasure, seen, status=str(to), **changes).returning(ERASURE)
        return await self._one(statement)

    async def page(
        self, scope: Scope, status: ErasureStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[ErasureRecord]:
        """Erasures of persons in the scope, the newest first."""
        statement = select(ERASURE).join(Person, Person.id == ERASURE.c.person_id).where(_listed(scope, status))
        if after is not None:
            statement = statement.where(ERASURE.c.id < after)
        return await self._all(statement.order_by(ERASURE.c.id.desc()).limit(limit))

    async def count(self, scope: Scope, status: ErasureStatus | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(ERASURE).join(Person, Person.id == ERASURE.c.person_id)
        return await self._session.scalar(statement.where(_listed(scope, status))) or 0

    async def of_person(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[ErasureRecord]:
        """Those of one person, and of who was merged into that one, the newest first."""
        statement = select(ERASURE).where(ERASURE.c.person_id.in_(ids_of([person_id])))
        if after is not None:
            statement = statement.where(ERASURE.c.id < after)
        return await self._all(statement.order_by(ERASURE.c.id.desc()).limit(limit))

    async def waiting(self, persons: Collection[UUID], but: UUID) -> Sequence[ErasureRecord]:
        """Those of some persons that nobody has decided, but for one; locked in the order of ids."""
        waits = ERASURE.c.status == str(ErasureStatus.REQUESTED)
        statement = select(ERASURE).where(ERASURE.c.person_id.in_(persons), waits, ERASURE.c.id != but)
        return await self._all(statement.order_by(ERASURE.c.id).with_for_update())

    async def left(self, service: str, after: UUID | None, limit: int) -> Sequence[ErasureRecord]:
        """The next ordered ones with which a service is not done, the oldest first, locked."""
        waits = select(ANSWER.c.erasure_id).where(ANSWER.c.service == service, ANSWER.c.done_at.is_(None))
        ordered = ERASURE.c.status == str(ErasureStatus.ORDERED)
        statement = select(ERASURE).where(ordered, ERASURE.c.id.in_(waits)).order_by(ERASURE.c.id).limit(limit)
        if after is not None:
            statement = statement.where(ERASURE.c.id > after)
        return await self._all(statement.with_for_update())

    async def locked_after(self, id: UUID | None, limit: int) -> Sequence[ErasureRecord]:
        """The next erasures in id order, locked."""
        statement = select(ERASURE).order_by(ERASURE.c.id).limit(limit).with_for_update()
        if id is not None:
            statement = statement.where(ERASURE.c.id > id)
        return await self._all(statement)

    async def changed_at(self, person_id: UUID) -> datetime:
        """When a person was changed last."""
        found = await self._session.scalar(select(Person.changed_at).where(Person.id == person_id))
        assert found is not None, "the person is locked"
        return found

    async def ask(self, id: UUID, services: Collection[str], now: datetime) -> None:
        """These services are asked; whoever has answered already stays answered."""
        asked: list[dict[str, Any]] = [
            {"erasure_id": id, "service": one, "asked_at": now, "done_at": None, "counts": {}} for one in services
        ]
        await self._session.execute(upsert(ANSWER).values(asked).on_conflict_do_nothing())

    async def answer(self, answer: AnswerRecord, *, late: bool = False) -> bool:
        """What a service says now of an erasure that is locked. False: it has said so before, or `late` and is done."""
        said = {"done_at": answer.done_at, "counts": dict(answer.counts)}
        mine = and_(ANSWER.c.erasure_id == answer.erasure_id, ANSWER.c.service == answer.service)
        before = (await self._session.execute(select(ANSWER).where(mine))).one()
        if late and before.done_at is not None:
            return False
        if (before.done_at, before.counts) == (answer.done_at, said["counts"]):
            return False
        await self._session.execute(update(ANSWER).where(mine).values(said))
        return True

    async def answers(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[AnswerRecord]]:
        """What services said of these, in the order of their names."""
        found: dict[UUID, list[AnswerRecord]] = {}
        statement = select(ANSWER).where(ANSWER.c.erasure_id.in_(ids)).order_by(ANSWER.c.service)
        for row in await self._session.execute(statement):
            found.setdefault(row.erasure_id, []).append(AnswerRecord(**row._mapping))
        return found

    async def _one(self, statement: Any) -> ErasureRecord | None:
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def _all(self, statement: Any) -> Sequence[ErasureRecord]:
        return [_record(row) for row in await self._session.execute(statement)]


def _listed(scope: Scope, status: ErasureStatus | None) -> ColumnElement[bool]:
    within = scope.where(Person.residence_area, Person.registration_area)
    return within if status is None else and_(within, ERASURE.c.status == str(status))


def _record(row: Row[Any]) -> ErasureRecord:
    return ErasureRecord(**{**row._mapping, "persons": tuple(row.persons)})
