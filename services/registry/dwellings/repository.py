"""Queries over dwellings, their conditions and the digests of unit and room."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.dwellings.domain import ConditionRecord, DwellingFilter, DwellingUse
from services.registry.dwellings.models import Dwelling, DwellingCondition, DwellingDigest
from shared.auth.scope import Scope
from shared.contracts.registry.dwellings import ConditionTopic, DwellingStatus
from shared.crypto.service import BlindKey


class DwellingRepository:
    """Dwellings by the area of their buildings. Whoever changes conditions holds the lock on the dwelling's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, dwelling: Dwelling) -> None:
        """A new dwelling, inserted at once."""
        self._session.add(dwelling)
        await self._session.flush()

    async def get(self, id: UUID) -> Dwelling | None:
        """A dwelling. The caller asks the scope."""
        return await self._session.get(Dwelling, id)

    async def locked(self, id: UUID, *, only_read: bool = False) -> Dwelling | None:
        """The same, locked until the transaction ends; `only_read`: kept from being changed, by several at once."""
        statement = select(Dwelling).where(Dwelling.id == id).with_for_update(read=only_read)
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def all_in(self, building: UUID) -> Sequence[Dwelling]:
        """Every dwelling of a building, locked in id order."""
        statement = select(Dwelling).where(Dwelling.building_id == building).order_by(Dwelling.id).with_for_update()
        return (await self._session.scalars(statement)).all()

    async def any_standing(self, building: UUID) -> bool:
        """Whether a dwelling of the building stands."""
        standing = Dwelling.status == str(DwellingStatus.STANDING)
        return bool(await self._session.scalar(select(exists().where(Dwelling.building_id == building, standing))))

    async def page(self, scope: Scope, wanted: DwellingFilter, *, after: UUID | None, limit: int) -> Sequence[Dwelling]:
        """Dwellings in scope, by id."""
        statement = select(Dwelling).where(*_matches(scope, wanted)).order_by(Dwelling.id).limit(limit)
        if after is not None:
            statement = statement.where(Dwelling.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: Scope, wanted: DwellingFilter) -> int:
        """How many `page` lists in all."""
        return await self._session.scalar(select(func.count(Dwelling.id)).where(*_matches(scope, wanted))) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Dwelling]:
        """The next dwellings by id, locked until the transaction ends."""
        statement = select(Dwelling).order_by(Dwelling.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Dwelling.id > after)
        return (await self._session.scalars(statement)).all()

    async def conditions(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[ConditionRecord]]:
        """The conditions of dwellings in the order of recording, withdrawn ones too."""
        table = DwellingCondition
        columns = (table.dwelling_id, table.number, table.topic, table.value, table.since, table.withdrawn)
        statement = select(*columns).where(table.dwelling_id.in_(ids)).order_by(table.dwelling_id, table.number)
        found: dict[UUID, list[ConditionRecord]] = {dwelling: [] for dwelling in ids}
        for row in await self._session.execute(statement):
            found[row.dwelling_id].append(ConditionRecord(row.number, row.topic, row.value, row.since, row.withdrawn))
        return found

    async def add_conditions(self, dwelling: UUID, new: Sequence[ConditionRecord], *, now: datetime) -> None:
        """Further conditions of a dwelling."""
        rows = [
            {
                "dwelling_id": dwelling,
                "number": one.number,
                "topic": one.topic,
                "value": one.value,
                "since": one.since,
                "withdrawn": False,
                "recorded_at": now,
            }
            for one in new
        ]
        if rows:
            await self._session.execute(insert(DwellingCondition), rows)

    async def withdraw_condition(self, dwelling: UUID, number: int) -> None:
        """A condition holds no longer, and never did."""
        table = DwellingCondition
        mine = (table.dwelling_id == dwelling, table.number == number)
        await self._session.execute(update(table).where(*mine).values(withdrawn=True))

    async def digests_of(self, ids: Collection[UUID]) -> Mapping[UUID, Collection[tuple[str, bytes]]]:
        """The digests under which dwellings are found, with the ids of their keys."""
        columns = (DwellingDigest.dwelling_id, DwellingDigest.key_id, DwellingDigest.digest)
        found: dict[UUID, set[tuple[str, bytes]]] = {}
        for row in await self._session.execute(select(*columns).where(DwellingDigest.dwelling_id.in_(ids))):
            found.setdefault(row.dwelling_id, set()).add((row.key_id, bytes(row.digest)))
        return found

    async def also_take(self, id: UUID, keys: Sequence[BlindKey]) -> None:
        """A dwelling is found by these as well."""
        rows = [{"key_id": key.key_id, "digest": key.digest, "dwelling_id": id} for key in keys]
        if rows:
            await self._session.execute(upsert(DwellingDigest).values(rows).on_conflict_do_nothing())

    async def take(self, id: UUID, keys: Sequence[BlindKey]) -> bool:
        """Take unit and room for a dwelling, those that it had are free; False if another dwelling has them."""
        await self.release(id)
        rows = [{"key_id": key.key_id, "digest": key.digest, "dwelling_id": id} for key in keys]
        taken = upsert(DwellingDigest).values(rows).on_conflict_do_nothing().returning(DwellingDigest.digest)
        return len((await self._session.execute(taken)).all()) == len(rows)

    async def release(self, id: UUID) -> None:
        """Unit and room of a dwelling are free."""
        await self._session.execute(delete(DwellingDigest).where(DwellingDigest.dwelling_id == id))


def _matches(scope: Scope, wanted: DwellingFilter) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Dwelling.area)]
    if wanted.building_id is not None:
        conditions.append(Dwelling.building_id == wanted.building_id)
    if wanted.status is not None:
        conditions.append(Dwelling.status == str(wanted.status))
    if wanted.use is not None:
        conditions.append(_is_used(wanted.use))
    return conditions


def _is_used(use: DwellingUse) -> ColumnElement[bool]:
    """The newest condition of the topic 使用情况 is this one."""
    newest, later = aliased(DwellingCondition), aliased(DwellingCondition)
    topic = str(ConditionTopic.USE)
    newer = exists().where(
        later.dwelling_id == newest.dwelling_id, later.topic == topic, ~later.withdrawn, later.since > newest.since
    )
    return exists().where(
        newest.dwelling_id == Dwelling.id, newest.topic == topic, ~newest.withdrawn, newest.value == str(use), ~newer
    )
