"""Queries of own data: copies that were given, and names of areas."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.base import Base
from services.registry.own_data.domain import CopyRecord
from services.registry.own_data.models import PersonCopy
from services.registry.persons.repository.merged import ids_of
from shared.db.session import rows_of
from shared.reference.areas import VILLAGE_DIGITS

COPY = Base.metadata.tables[PersonCopy.__tablename__]


class OwnDataRepository:
    """Copies, which never change."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, copy: CopyRecord) -> None:
        """A new one, inserted with the transaction's last statement."""
        rows_of(self._session).add(COPY, [asdict(copy)])

    async def page(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[CopyRecord]:
        """Copies that a person was given, or who was merged into that one, the newest first."""
        statement = select(COPY).where(COPY.c.person_id.in_(ids_of([person_id])))
        if after is not None:
            statement = statement.where(COPY.c.id < after)
        rows = await self._session.execute(statement.order_by(COPY.c.id.desc()).limit(limit))
        return [CopyRecord(**row._mapping) for row in rows]

    async def places(self, codes: Collection[str]) -> Mapping[str, str]:
        """Names of areas by code; a grid goes by the name of its village, with its code."""
        villages = {code[:VILLAGE_DIGITS] for code in codes}
        rows = await self._session.execute(select(Area.code, Area.name).where(Area.code.in_(villages)))
        named = {row.code: row.name for row in rows}
        return {
            code: named[code] if code in named else f"{named[code[:VILLAGE_DIGITS]]}（网格 {code}）"
            for code in codes
            if code[:VILLAGE_DIGITS] in named
        }
