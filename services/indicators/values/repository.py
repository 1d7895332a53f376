"""Every query on what was announced."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.values.models import AnnouncedValue
from shared.messaging.projection.states import ProjectedState, live_slot

STEP = 3_000
"""Values that one statement takes: nine parameters each, and the protocol counts them in 15 bits."""


class Value(NamedTuple):
    """One indicator of one area on one day."""

    area: str
    code: str
    definition_version: int
    day: date
    value: int
    base: int | None

    @property
    def id(self) -> str:
        return f"{self.area}:{self.code}:{self.day.isoformat()}"


class AnnouncedValueRepository:
    """Values of indicators as they were last announced."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def announce(self, values: Sequence[Value], counted_at: datetime) -> Sequence[AnnouncedValue]:
        """Store what differs from what was announced, each with its next version; return just that."""
        rows: list[AnnouncedValue] = []
        for at in range(0, len(values), STEP):
            rows += await self._announce(values[at : at + STEP], counted_at)
        return sorted(rows, key=lambda row: row.id)

    async def _announce(self, values: Sequence[Value], counted_at: datetime) -> Sequence[AnnouncedValue]:
        known = {row.id: row for row in await self._session.scalars(_of([value.id for value in values]))}
        changed = [
            value
            for value in values
            if (row := known.get(value.id)) is None
            or (row.value, row.base, row.definition_version) != (value.value, value.base, value.definition_version)
        ]
        if not changed:
            return ()
        statement = insert(AnnouncedValue).values(
            [{"id": value.id, **value._asdict(), "version": 1, "counted_at": counted_at} for value in changed]
        )
        statement = statement.on_conflict_do_update(
            index_elements=[AnnouncedValue.id],
            set_={
                "value": statement.excluded.value,
                "base": statement.excluded.base,
                "definition_version": statement.excluded.definition_version,
                "counted_at": statement.excluded.counted_at,
                "version": AnnouncedValue.version + 1,
            },
        )
        rows = await self._session.scalars(
            statement.returning(AnnouncedValue), execution_options={"populate_existing": True}
        )
        return rows.all()

    async def locked_after(self, after: str | None, limit: int) -> Sequence[AnnouncedValue]:
        """The next announced values in the order of their ids, locked."""
        statement = select(AnnouncedValue).order_by(AnnouncedValue.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(AnnouncedValue.id > after)
        return list(await self._session.scalars(statement))

    async def announced_areas(self, longest: int) -> list[str]:
        """The known areas from county down to codes of `longest` digits."""
        length = func.length(ProjectedState.area)
        statement = (
            select(ProjectedState.aggregate)
            .where(
                ProjectedState.slot == live_slot(), ProjectedState.noun == "registry.area", length.between(6, longest)
            )
            .order_by(ProjectedState.aggregate)
        )
        return list(await self._session.scalars(statement))


def _of(ids: Sequence[str]) -> Select[tuple[AnnouncedValue]]:
    return select(AnnouncedValue).where(AnnouncedValue.id.in_(ids)).with_for_update()
