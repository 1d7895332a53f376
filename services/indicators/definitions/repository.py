"""Every query on the definitions and their drafts."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.indicators.countings.models import Counting
from services.indicators.definitions.domain import Definition, Kind, Measure
from services.indicators.definitions.domain.versions import Version, Versions
from services.indicators.definitions.models import DefinitionDraft, DefinitionRow
from shared.messaging.projection.states import live_slot


class DefinitionRepository:
    """Definitions are few and the county's as a whole: no area applies."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: DefinitionRow | DefinitionDraft) -> None:
        self._session.add(row)

    def take(self, definition: Definition) -> None:
        """A new version of an indicator that a ledger brings: of measures that its owner counts."""
        (count,), base = definition.count.measures, definition.base
        of = None if base is None else base.measures[0]
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
                count_measure=count.code,
                count_dimension=count.dimension,
                base_measure=None if of is None else of.code,
                base_dimension=None if of is None else of.dimension,
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
        versions = await self.versions()
        codes = [code for code in versions.codes if code.startswith(ledger + ".")]
        return [versions.on(code, date.max) for code in codes]

    async def versions(self, codes: Collection[str] | None = None) -> Versions:
        """All versions of the indicators named (of all, if none are), and of those that they are made of."""
        found = await self._rows(codes)
        known = {one.code for one in found}
        while codes is not None and (wanted := {code for one in found for code in one.needs} - known):
            found += await self._rows(wanted)
            known |= wanted
        return Versions(found, asked=codes)

    async def hold(self) -> None:
        """Wait for who publishes: what definitions are made of is judged by one at a time."""
        await self._session.execute(text("SELECT pg_advisory_xact_lock(hashtext('indicators.definitions'))"))

    async def _rows(self, codes: Collection[str] | None) -> list[Version]:
        row, counted = DefinitionRow, aliased(DefinitionRow)
        kind = (
            select(counted.kind)
            .where(counted.code == row.count_measure, row.kind == Kind.RATIO)
            .order_by(counted.version.desc())
            .limit(1)
            .scalar_subquery()
        )
        filling = exists().where(
            Counting.slot == live_slot(), Counting.measure == row.count_measure, Counting.complete.is_(False)
        )
        statement = select(row.__table__, kind.label("counted"), filling.label("filling")).order_by(
            row.code, row.version
        )
        if codes is not None:
            statement = statement.where(row.code.in_(codes))
        return [
            Version(
                code=one.code,
                version=one.version,
                name=one.name,
                unit=one.unit,
                direction=one.direction,
                kind=one.kind,
                meaning=one.meaning,
                department=one.department,
                measure=None if one.count_measure is None else Measure(one.count_measure, one.count_dimension),
                base=None if one.base_measure is None else Measure(one.base_measure, one.base_dimension or ""),
                restricted=one.restricted,
                axes=tuple(one.axes),
                scale=one.scale,
                least=one.least,
                retired=one.retired,
                read_by=one.read_by,
                formula=one.formula,
                percentile=one.percentile,
                opens_on=one.opens_on,
                ends_on=one.ends_on,
                counts_stock=one.counted == Kind.STOCK,
                filling=one.filling,
            )
            for one in await self._session.execute(statement)
        ]

    async def published(self, code: str) -> Sequence[DefinitionRow]:
        """The versions of an indicator with who published them, the first one first."""
        statement = select(DefinitionRow).where(DefinitionRow.code == code).order_by(DefinitionRow.version)
        return (await self._session.scalars(statement)).all()

    async def draft(self, code: str) -> DefinitionDraft | None:
        return await self._session.get(DefinitionDraft, code)

    async def drafts(self, *, after: str | None, limit: int) -> Sequence[DefinitionDraft]:
        """Drafts by code."""
        statement = select(DefinitionDraft).order_by(DefinitionDraft.code).limit(limit)
        if after is not None:
            statement = statement.where(DefinitionDraft.code > after)
        return (await self._session.scalars(statement)).all()

    async def discard(self, seen: DefinitionDraft) -> bool:
        """Whether the draft was still there as it was seen; it is no more."""
        statement = (
            delete(DefinitionDraft)
            .where(DefinitionDraft.code == seen.code, DefinitionDraft.version == seen.version)
            .returning(DefinitionDraft.code)
        )
        return (await self._session.scalars(statement)).one_or_none() is not None
