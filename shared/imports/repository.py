"""Queries of imports."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, insert, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.session import rows_of
from shared.imports.tables import IMPORTED, ImportFinding, ImportRow
from shared.spreadsheets.findings import Finding


class ImportRepository:
    """Imports, their findings, and the rows that were taken in."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: ImportRow) -> None:
        """A new import."""
        self._session.add(row)

    async def one(self, id: UUID, *, lock: bool = False) -> ImportRow | None:
        """An import."""
        statement = select(ImportRow).where(ImportRow.id == id)
        found: ImportRow | None = await self._session.scalar(statement.with_for_update() if lock else statement)
        return found

    async def page(
        self, target: str, scope: ColumnElement[bool], *, after: UUID | None, limit: int
    ) -> Sequence[ImportRow]:
        """Imports of a target in a scope, newest first."""
        statement = (
            select(ImportRow).where(ImportRow.target == target, scope).order_by(ImportRow.id.desc()).limit(limit)
        )
        if after is not None:
            statement = statement.where(ImportRow.id < after)
        return (await self._session.scalars(statement)).all()

    async def change(self, id: UUID, **values: Any) -> None:
        """Change an import that the work holds."""
        await self._session.execute(
            update(ImportRow).where(ImportRow.id == id).values(version=ImportRow.version + 1, **values)
        )

    async def add_findings(self, id: UUID, findings: Sequence[Finding]) -> None:
        """Keep what was found."""
        if findings:
            rows = [{"import_id": id, **one._asdict()} for one in findings]
            await self._session.execute(insert(ImportFinding), rows)

    async def findings(self, id: UUID, *, after: int, limit: int) -> Sequence[ImportFinding]:
        """Findings in the order in which they were found."""
        statement = (
            select(ImportFinding)
            .where(ImportFinding.import_id == id, ImportFinding.number > after)
            .order_by(ImportFinding.number)
            .limit(limit)
        )
        return (await self._session.scalars(statement)).all()

    async def all_findings(self, id: UUID, limit: int) -> Mapping[int, Sequence[Finding]]:
        """Findings by row, of so many rows at most."""
        found: dict[int, list[Finding]] = {}
        for one in await self.findings(id, after=0, limit=limit * 20):
            if one.row not in found and len(found) == limit:
                break
            found.setdefault(one.row, []).append(Finding(one.row, one.column, one.field, one.code, one.message))
        return found

    async def rows_with_findings(self, id: UUID, first: int, last: int) -> set[int]:
        """Which rows of a range were found wrong."""
        statement = select(ImportFinding.row).where(
            ImportFinding.import_id == id, ImportFinding.row >= first, ImportFinding.row <= last
        )
        return set(await self._session.scalars(statement))

    async def has_findings(self, id: UUID, *, but: Collection[str]) -> bool:
        """Whether anything was found wrong besides what has one of these codes."""
        other = exists().where(ImportFinding.import_id == id, ImportFinding.code.not_in(but))
        return bool(await self._session.scalar(select(other)))

    async def codes(self, id: UUID, rows: Sequence[int]) -> Mapping[int, Sequence[str]]:
        """What was found wrong with these rows."""
        statement = select(ImportFinding.row, ImportFinding.code).where(
            ImportFinding.import_id == id, ImportFinding.row.in_(rows)
        )
        found: dict[int, list[str]] = {}
        for one in await self._session.execute(statement):
            found.setdefault(one.row, []).append(one.code)
        return found

    async def remove_findings(self, id: UUID, rows: Sequence[int]) -> None:
        """What was found wrong with these rows is not."""
        await self._session.execute(
            delete(ImportFinding).where(ImportFinding.import_id == id, ImportFinding.row.in_(rows))
        )

    async def known(self, target: str, digests: Sequence[bytes]) -> Mapping[bytes, set[int]]:
        """The occurrences of each digest that are there, whichever import brought them."""
        found: dict[bytes, set[int]] = {}
        for digest, occurrence in await self._session.execute(_KNOWN, {"target": target, "digests": list(digests)}):
            found.setdefault(digest, set()).add(occurrence)
        return found

    async def forget(self, target: str, rows: Sequence[tuple[bytes, int]]) -> None:
        """What these rows brought is not there: delivered again they are taken in again."""
        if rows:
            key = tuple_(IMPORTED.c.digest, IMPORTED.c.occurrence)
            await self._session.execute(delete(IMPORTED).where(IMPORTED.c.target == target, key.in_(rows)))

    def add_taken(self, id: UUID, target: str, taken: Sequence[tuple[bytes, int]]) -> None:
        """Remember rows that were taken in."""
        rows_of(self._session).add(
            IMPORTED,
            (
                {"target": target, "digest": digest, "occurrence": occurrence, "import_id": id}
                for digest, occurrence in taken
            ),
        )


_KNOWN = text(
    "SELECT digest, occurrence FROM imported_rows WHERE target = :target AND digest = ANY(CAST(:digests AS bytea[]))"
)
