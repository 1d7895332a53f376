"""Queries over buildings and the digests of their addresses."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.buildings.models import Building, BuildingDigest
from shared.auth.scope import Scope, inside
from shared.contracts.registry.buildings import BuildingStatus
from shared.crypto.service import BlindKey


class BuildingRepository:
    """Buildings by the area in which they stand."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, building: Building) -> None:
        """A new building, inserted at once."""
        self._session.add(building)
        await self._session.flush()

    async def get(self, id: UUID) -> Building | None:
        """A building. The caller asks the scope."""
        return await self._session.get(Building, id)

    async def locked(self, id: UUID, *, only_read: bool = False) -> Building | None:
        """The same, locked until the transaction ends; `only_read`: kept from being changed, by several at once."""
        statement = select(Building).where(Building.id == id).with_for_update(read=only_read)
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def page(
        self, scope: Scope, *, status: BuildingStatus | None, after: UUID | None, limit: int
    ) -> Sequence[Building]:
        """Buildings in scope, by id."""
        statement = select(Building).where(*_matches(scope, status)).order_by(Building.id).limit(limit)
        if after is not None:
            statement = statement.where(Building.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: Scope, *, status: BuildingStatus | None) -> int:
        """How many `page` lists in all."""
        statement = select(func.count(Building.id)).where(*_matches(scope, status))
        return await self._session.scalar(statement) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Building]:
        """The next buildings by id, locked until the transaction ends."""
        statement = select(Building).order_by(Building.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Building.id > after)
        return (await self._session.scalars(statement)).all()

    async def all_locked(self, *, villages: Collection[str] = (), ids: Collection[UUID] = ()) -> Sequence[Building]:
        """Buildings of these villages, or these, locked in id order."""
        near = [inside(Building.area, one) for one in villages]
        statement = select(Building).where(or_(Building.id.in_(ids), *near)).order_by(Building.id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).all()

    async def placed(self, change: UUID) -> Sequence[UUID]:
        """Ids of those that were placed last after a change of areas had left them behind."""
        statement = select(Building.id).where(Building.former[-1]["placed_by"].astext == str(change))
        return (await self._session.scalars(statement.order_by(Building.id))).all()

    async def also_take(self, id: UUID, keys: Sequence[BlindKey]) -> None:
        """Find a building by these as well."""
        rows = [{"key_id": key.key_id, "digest": key.digest, "building_id": id} for key in keys]
        if rows:
            await self._session.execute(insert(BuildingDigest).values(rows).on_conflict_do_nothing())

    async def take_too(self, id: UUID, keys: Sequence[BlindKey]) -> None:
        """Find a building by a further address, unless another one has it under whichever key.

        While index keys are changed that one may have it under the old key alone, and must get the new one as well.
        """
        same = tuple_(BuildingDigest.key_id, BuildingDigest.digest).in_([(key.key_id, key.digest) for key in keys])
        if not await self._session.scalar(select(exists().where(same, BuildingDigest.building_id != id))):
            await self.also_take(id, keys)

    async def digests_of(self, ids: Collection[UUID]) -> Mapping[UUID, Collection[tuple[str, bytes]]]:
        """The digests under which buildings are found, with the ids of their keys."""
        columns = (BuildingDigest.building_id, BuildingDigest.key_id, BuildingDigest.digest)
        found: dict[UUID, set[tuple[str, bytes]]] = {}
        for row in await self._session.execute(select(*columns).where(BuildingDigest.building_id.in_(ids))):
            found.setdefault(row.building_id, set()).add((row.key_id, bytes(row.digest)))
        return found

    async def take(self, id: UUID, keys: Sequence[BlindKey]) -> bool:
        """Take an address for a building, the one that it had is free; False if another building has it."""
        await self.release(id)
        rows = [{"key_id": key.key_id, "digest": key.digest, "building_id": id} for key in keys]
        taken = insert(BuildingDigest).values(rows).on_conflict_do_nothing().returning(BuildingDigest.digest)
        return len((await self._session.execute(taken)).all()) == len(rows)

    async def release(self, id: UUID) -> None:
        """The address of a building is free."""
        await self._session.execute(delete(BuildingDigest).where(BuildingDigest.building_id == id))


def _matches(scope: Scope, status: BuildingStatus | None) -> list[ColumnElement[bool]]:
    conditions = [scope.where(Building.area)]
    return conditions if status is None else [*conditions, Building.status == status]
