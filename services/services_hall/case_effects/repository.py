"""Every query on effects of cases."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.case_effects.models import CaseEffect


class CaseEffectRepository:
    """Effects by the id of their case: whoever may see the case may see its effect."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: CaseEffect) -> None:
        self._session.add(row)

    async def get(self, id: UUID) -> CaseEffect | None:
        return await self._session.get(CaseEffect, id, populate_existing=True)

    async def locked(self, id: UUID) -> CaseEffect | None:
        """The effect of a case, locked until the transaction ends."""
        statement = select(CaseEffect).where(CaseEffect.id == id).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[CaseEffect]:
        """The next effects by id, locked: for restatement."""
        statement = select(CaseEffect).order_by(CaseEffect.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(CaseEffect.id > after)
        return list(await self._session.scalars(statement))
