"""The report of an import as a table: the rows in which something is wrong, with the cells marked."""

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import NotFound
from shared.files.archive import Archive
from shared.imports.repository import ImportRepository
from shared.imports.tables import ImportRow
from shared.spreadsheets.cells import Row
from shared.spreadsheets.sources import open_rows
from shared.spreadsheets.writing import write_report

MOST = 10_000
"""Rows of a report."""
WIDEST = 200


async def report_of(session: AsyncSession, archive: Archive, row: ImportRow) -> bytes:
    """The report as a workbook, which is made in a thread: it takes seconds. Raises `NotFound` if the table is gone."""
    file = await archive.rows(session).one(row.file)
    if file is None:
        raise NotFound(row.file)
    findings = await ImportRepository(session).all_findings(row.id, MOST)

    def opened() -> AsyncIterator[bytes]:
        return archive.content(file.id, file.key)

    wrong: list[Row] = []
    async with open_rows(opened, row.sheet) as rows:
        async for some in rows:
            wrong += [one for one in some if one.number in findings]
    width = min(WIDEST, max((max(one.cells) + 1 for one in wrong), default=0))
    return await asyncio.to_thread(write_report, "导入问题", wrong, findings, width)
