"""Every query on packages and matters."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.packages.models import Matter, MatterStep, Package
from shared.auth.scope import DepartmentScope
from shared.contracts.services_hall.packages import MatterStatus


class PackageRepository:
    """Packages are few and public; no scope applies."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Package) -> None:
        self._session.add(row)

    async def get(self, id: UUID) -> Package | None:
        return await self._session.get(Package, id)

    async def locked(self, id: UUID) -> Package | None:
        return await self._session.get(Package, id, with_for_update=True)

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[Package]:
        """Packages by id."""
        statement = select(Package).order_by(Package.id).limit(limit)
        return list(await self._session.scalars(statement if after is None else statement.where(Package.id > after)))

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Package]:
        """The next packages by id, locked: for restatement."""
        statement = select(Package).order_by(Package.id).limit(limit).with_for_update()
        return list(await self._session.scalars(statement if after is None else statement.where(Package.id > after)))


class MatterRepository:
    """Matters by the area of their counter and the department that leads."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Matter | MatterStep) -> None:
        self._session.add(row)

    async def get(self, id: UUID) -> Matter | None:
        return await self._session.get(Matter, id)

    async def locked(self, id: UUID, scope: DepartmentScope) -> Matter | None:
        """The matter, if it lies in scope, locked until the transaction ends."""
        statement = select(Matter).where(Matter.id == id, scope.where(Matter.area, Matter.department)).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def is_answered_for(self, case: UUID, areas: Collection[str]) -> bool:
        """Whether an answered matter of these areas holds the case."""
        holds = Matter.cases.contains([str(case)]), Matter.status == MatterStatus.ANSWERED
        return await self._session.scalar(select(Matter.id).where(Matter.area.in_(areas), *holds)) is not None

    async def page(self, scope: DepartmentScope, *, after: UUID | None, limit: int) -> Sequence[Matter]:
        """Matters in scope by id."""
        statement = select(Matter).where(scope.where(Matter.area, Matter.department)).order_by(Matter.id).limit(limit)
        return list(await self._session.scalars(statement if after is None else statement.where(Matter.id > after)))

    async def count(self, scope: DepartmentScope) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(Matter).where(scope.where(Matter.area, Matter.department))
        return await self._session.scalar(statement) or 0

    async def steps(self, id: UUID) -> Sequence[MatterStep]:
        """What was done with a matter, oldest first."""
        statement = select(MatterStep).where(MatterStep.matter_id == id).order_by(MatterStep.version)
        return list(await self._session.scalars(statement))

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Matter]:
        """The next matters by id, locked: for restatement."""
        statement = select(Matter).order_by(Matter.id).limit(limit).with_for_update()
        return list(await self._session.scalars(statement if after is None else statement.where(Matter.id > after)))
