"""Every query on the definitions."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.indicators.definitions.domain import Definition, Direction, Kind, Measure
from services.indicators.definitions.models import DefinitionRow


class DefinitionRepository:
    """Definitions in force."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, definition: Definition) -> None:
        """A new version of an indicator."""
        base = definition.base
        self._session.add(
            DefinitionRow(
                code=definition.code,
                version=definition.version,
                name=definition.name,
                unit=definition.unit,
                direction=definition.direction,
                kind=definition.kind,
                meaning=definition.meaning,
                department=definition.department,
                count_measure=definition.count.code,
                count_dimension=definition.count.dimension,
                base_measure=None if base is None else base.code,
                base_dimension=None if base is None else base.dimension,
                restricted=definition.restricted,
                axes=list(definition.axes),
                scale=definition.scale,
                least=definition.least,
                retired=definition.retired,
                read_by=definition.read_by,
            )
        )

    async def change(self, code: str, version: int, *, retired: bool, read_by: str | None) -> None:
        """Say of a version whether anything new is counted, and who reads the records: neither changes its meaning."""
        chosen = (DefinitionRow.code == code) & (DefinitionRow.version == version)
        await self._session.execute(update(DefinitionRow).where(chosen).values(retired=retired, read_by=read_by))

    async def of_ledger(self, ledger: str) -> list[Definition]:
        """The newest version of each indicator that a ledger, `<owner>.<code>`, ever brought."""
        return [one for one in await self.current() if one.code.startswith(ledger + ".")]

    async def current(self, codes: Collection[str] | None = None) -> list[Definition]:
        """The newest version of each indicator, by code; of those named, if any are."""
        counted = aliased(DefinitionRow)
        kind = (
            select(counted.kind)
            .where(counted.code == DefinitionRow.count_measure)
            .order_by(counted.version.desc())
            .limit(1)
            .scalar_subquery()
        )
        statement = (
            select(DefinitionRow, kind.label("counted"))
            .distinct(DefinitionRow.code)
            .order_by(DefinitionRow.code, DefinitionRow.version.desc())
        )
        if codes is not None:
            statement = statement.where(DefinitionRow.code.in_(codes))
        return [definition_of(row, counted) for row, counted in await self._session.execute(statement)]


def definition_of(row: DefinitionRow, counted: str | None) -> Definition:
    """The definition that a row holds. `counted`: the kind of the indicator that its count is, if it is one itself."""
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
        axes=tuple(row.axes),
        scale=row.scale,
        least=row.least,
        retired=row.retired,
        read_by=row.read_by,
        of_stocks=row.kind == Kind.RATIO and counted == Kind.STOCK,
    )
