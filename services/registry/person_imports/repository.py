"""Queries of lists of residents: rows that are known, and whom rows resemble."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.person_imports.models import ImportedPerson, ImportSuspects
from shared.db.session import rows_of
from shared.imports.intake import Marked

IMPORTED = Base.metadata.tables[ImportedPerson.__tablename__]

Key = tuple[bytes, int]

_KNOWN = text(
    "SELECT digest, occurrence, person_id FROM imported_persons WHERE digest = ANY(CAST(:digests AS bytea[]))"
)
"""One parameter for all: a list of a thousand would be compiled each time."""


class PersonImportRepository:
    """What lists of residents leave behind."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def known(self, rows: Collection[Marked]) -> Mapping[Key, UUID]:
        """The persons of rows that were taken in before, by digest and occurrence."""
        found = await self._session.execute(_KNOWN, {"digests": list({one.digest for one in rows})})
        return {(row.digest, row.occurrence): row.person_id for row in found}

    def add(self, import_id: UUID, people: Mapping[Key, UUID]) -> None:
        """The persons of rows that are taken in now."""
        rows_of(self._session).add(
            IMPORTED,
            [
                {"digest": digest, "occurrence": occurrence, "person_id": person, "import_id": import_id}
                for (digest, occurrence), person in people.items()
            ],
        )

    async def forget(self, person_id: UUID) -> Sequence[Key]:
        """Rows of a person who never was are known no longer: which they were."""
        of = delete(IMPORTED).where(IMPORTED.c.person_id == person_id)
        rows = await self._session.execute(of.returning(IMPORTED.c.digest, IMPORTED.c.occurrence))
        return [(row.digest, row.occurrence) for row in rows]

    async def of_import(self, import_id: UUID, people: Collection[UUID]) -> set[UUID]:
        """Those of these persons who came of rows of the import."""
        statement = select(IMPORTED.c.person_id).where(
            IMPORTED.c.import_id == import_id, IMPORTED.c.person_id.in_(people)
        )
        return set(await self._session.scalars(statement))

    async def suspect(self, import_id: UUID, suspects: Mapping[int, Sequence[UUID]], now: datetime) -> None:
        """Keep whom rows resemble."""
        if suspects:
            rows = [
                {"import_id": import_id, "row": row, "person_ids": list(ids), "found_at": now}
                for row, ids in suspects.items()
            ]
            await self._session.execute(insert(ImportSuspects).values(rows).on_conflict_do_nothing())

    async def confirm(self, import_id: UUID, rows: Collection[int], by: str) -> set[int]:
        """Keep who says that rows are of somebody else; returns those of the rows that resemble somebody."""
        statement = (
            update(ImportSuspects)
            .where(ImportSuspects.import_id == import_id, ImportSuspects.row.in_(rows))
            .values(confirmed_by=by)
            .returning(ImportSuspects.row)
        )
        return set(await self._session.scalars(statement))

    async def confirmed(self, import_id: UUID, rows: Collection[int]) -> Mapping[int, Sequence[UUID]]:
        """Whom those of the rows resembled that are confirmed to be of somebody else."""
        statement = select(ImportSuspects.row, ImportSuspects.person_ids).where(
            ImportSuspects.import_id == import_id,
            ImportSuspects.row.in_(rows),
            ImportSuspects.confirmed_by.is_not(None),
        )
        return {row.row: row.person_ids for row in await self._session.execute(statement)}
