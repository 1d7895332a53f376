"""Every query on the definitions."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.definitions.domain import Definition, Direction, Kind, Measure
from services.indicators.definitions.models import DefinitionRow


class DefinitionRepository:
    """Definitions in force."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def current(self, codes: Collection[str] | None = None) -> list[Definition]:
        """The newest version of each indicator, by code; of those named, if any are."""
        statement = (
            select(DefinitionRow)
            .distinct(DefinitionRow.code)
            .order_by(DefinitionRow.code, DefinitionRow.version.desc())
        )
        if codes is not None:
            statement = statement.where(DefinitionRow.code.in_(codes))
        return [definition_of(row) for row in await self._session.scalars(statement)]


def definition_of(row: DefinitionRow) -> Definition:
    """The definition that a row holds."""
    return Definition(
        code=row.code,
        name=row.name,
        unit=row.unit,
        direction=Direction(row.direction),
        kind=Kind(row.kind),
        meaning=row.meaning,
        department=row.department,
        count=Measure(row.count_measure, row.count_dimension),
        base=None if row.base_measure is None else Measure(row.base_measure, row.base_dimension or ""),
        version=row.version,
        restricted=row.restricted,
    )
