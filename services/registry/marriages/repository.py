"""Queries over marriages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.marriages.domain import MarriageRecord, MarriageStep, Settlement, SettlementKind, Step
from services.registry.marriages.models import Marriage, MarriageSettlement, MarriageStepRecord
from services.registry.persons.models import Person
from services.registry.persons.repository.merged import going_on, ids_of
from shared.contracts.registry.marriages import MarriageStatus
from shared.db.compare_and_set import guarded_update
from shared.db.session import rows_of

MARRIAGE = Base.metadata.tables[Marriage.__tablename__]
STEP = Base.metadata.tables[MarriageStepRecord.__tablename__]
SETTLEMENT = Base.metadata.tables[MarriageSettlement.__tablename__]


@dataclass(frozen=True, slots=True)
class Vitals:
    """What of a person a marriage is held against."""

    sex: str
    birth_date: date
    died_on: date | None


class MarriageRepository:
    """Marriages. Persons are locked before households, households before marriages."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, marriage: MarriageRecord) -> None:
        """A new one, inserted with the transaction's last statement."""
        rows_of(self._session).add(MARRIAGE, [asdict(marriage)])

    def add_step(self, step: Step) -> None:
        """What happened to a marriage."""
        rows_of(self._session).add(STEP, [asdict(step) | {"step": str(step.step)}])

    def add_settlements(self, settlements: Sequence[Settlement]) -> None:
        """What it changed in households."""
        rows = [asdict(one) | {"kind": str(one.kind)} for one in settlements]
        rows_of(self._session).add(SETTLEMENT, rows)

    async def get(self, id: UUID) -> MarriageRecord | None:
        """A marriage by id. The caller asks the scope of its persons."""
        row = (await self._session.execute(select(MARRIAGE).where(MARRIAGE.c.id == id))).one_or_none()
        return None if row is None else _record(row)

    async def of(self, person_ids: Collection[UUID]) -> Sequence[MarriageRecord]:
        """The marriages of persons, of who was merged into them too, by day."""
        statement = select(MARRIAGE).where(_of(person_ids)).order_by(MARRIAGE.c.married_on, MARRIAGE.c.id)
        return [_record(row) for row in await self._session.execute(statement)]

    async def of_locked(self, person_ids: Collection[UUID]) -> Sequence[MarriageRecord]:
        """The same, locked in the order of ids."""
        statement = select(MARRIAGE).where(_of(person_ids)).order_by(MARRIAGE.c.id).with_for_update()
        return [_record(row) for row in await self._session.execute(statement)]

    async def move(self, seen: MarriageRecord, to: MarriageStatus, **changes: Any) -> MarriageRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(Marriage, seen, status=str(to), **changes).returning(MARRIAGE)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def locked_after(self, id: UUID | None, limit: int) -> Sequence[MarriageRecord]:
        """The next marriages in id order, locked."""
        statement = select(MARRIAGE).order_by(MARRIAGE.c.id).limit(limit).with_for_update()
        if id is not None:
            statement = statement.where(MARRIAGE.c.id > id)
        return [_record(row) for row in await self._session.execute(statement)]

    async def vitals(self, person_ids: Collection[UUID]) -> Mapping[UUID, Vitals]:
        """Sex, birth date and day of death of persons, whoever sees them: of a merged one, of whoever goes on."""
        last = await self.going_on(person_ids)
        statement = select(Person.id, Person.sex, Person.birth_date, Person.died_on)
        rows = await self._session.execute(statement.where(Person.id.in_(last.values())))
        found = {row.id: Vitals(row.sex, row.birth_date, row.died_on) for row in rows}
        return {one: found[who] for one, who in last.items()}

    async def going_on(self, person_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        """Who goes on for each of these persons: themselves, if they were not merged."""
        return await going_on(self._session, person_ids)

    async def steps_of(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Step]]:
        """The steps of marriages, oldest first."""
        statement = select(STEP).where(STEP.c.marriage_id.in_(ids)).order_by(STEP.c.marriage_id, STEP.c.version)
        found: dict[UUID, list[Step]] = {one: [] for one in ids}
        for row in await self._session.execute(statement):
            found[row.marriage_id].append(Step(**{**row._mapping, "step": MarriageStep(row.step)}))
        return found

    async def settlements_of(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Settlement]]:
        """What marriages changed in households, in the order in which it was done."""
        order = (SETTLEMENT.c.marriage_id, SETTLEMENT.c.number)
        statement = select(SETTLEMENT).where(SETTLEMENT.c.marriage_id.in_(ids)).order_by(*order)
        found: dict[UUID, list[Settlement]] = {one: [] for one in ids}
        for row in await self._session.execute(statement):
            found[row.marriage_id].append(Settlement(**{**row._mapping, "kind": SettlementKind(row.kind)}))
        return found

    async def renamed(self, event_id: UUID, by: UUID) -> None:
        """The move of a settlement got another day, and with it another id. The person is locked."""
        await self._session.execute(update(SETTLEMENT).where(SETTLEMENT.c.event_id == event_id).values(event_id=by))

    async def taken_back(self, settlement: Settlement) -> None:
        """It stands no longer. The persons are locked."""
        one = and_(SETTLEMENT.c.marriage_id == settlement.marriage_id, SETTLEMENT.c.number == settlement.number)
        await self._session.execute(update(SETTLEMENT).where(one).values(standing=False))


def _of(person_ids: Collection[UUID]) -> ColumnElement[bool]:
    people = ids_of(person_ids)
    return or_(MARRIAGE.c.person_id.in_(people), MARRIAGE.c.spouse_id.in_(people))


def _record(row: Row[Any]) -> MarriageRecord:
    return MarriageRecord(**row._mapping)
