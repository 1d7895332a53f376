"""Long work of exports: a table is written page by page into the store. If it is interrupted it begins again."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.auth.access_log import Purpose
from shared.auth.principal import Principal
from shared.auth.roles import Role
from shared.clock import SHANGHAI
from shared.exports.domain import MAX_BYTES, MAX_WORKBOOK, NOUN, ExportFormat
from shared.imports.taking import ImportParts
from shared.jobs.context import JobContext
from shared.spreadsheets.columns import Column
from shared.spreadsheets.csv_writing import CsvWriter, Encoding
from shared.spreadsheets.refusals import TooManyRows
from shared.spreadsheets.values import Value
from shared.spreadsheets.writing import Watermark, Writer

Rows = AsyncIterator[Sequence[Mapping[str, Value | None]]]


@dataclass(frozen=True)
class ExportedTable:
    """A table to be written: its title and columns, in what, what for, and its rows, some at a time."""

    title: str
    columns: Sequence[Column]
    format: ExportFormat
    encoding: Encoding
    purpose: Purpose
    rows: Callable[[], Rows]


class TableWriting:
    """One table that is written for its requester."""

    def __init__(self, parts: ImportParts, job: JobContext, principal: Principal, table: ExportedTable) -> None:
        self._parts = parts
        self._job = job
        self._principal = principal
        self._table = table
        self._written = 0

    async def run(self) -> None:
        """Write the table, make a file of it, and say which."""
        content = self._workbook() if self._table.format is ExportFormat.XLSX else self._text()
        received = await self._parts.archive.receive(content, by=self._principal.subject, limit=MAX_BYTES)
        async with self._job.step() as step:
            name = f"{self._table.title}.{self._table.format.value}"
            await self._parts.archive.rows(step.session).keep(received, name=name, made_by=(NOUN, self._job.job.id))
            step.counts["file"] = str(received.id)
            step.reached({"written": self._written}, done=self._written)

    async def _text(self) -> AsyncIterator[bytes]:
        writer = CsvWriter(self._table.columns, self._table.encoding)
        yield writer.begin(self._watermark())
        async for rows in self._rows():
            yield writer.rows(rows)

    async def _workbook(self) -> AsyncIterator[bytes]:
        writer = Writer(self._table.title, self._table.columns, self._watermark())
        async for rows in self._rows():
            if self._written > MAX_WORKBOOK:
                raise TooManyRows
            for row in rows:
                writer.add(row)
        yield await asyncio.to_thread(writer.finish)

    async def _rows(self) -> Rows:
        async for rows in self._table.rows():
            self._job.check()
            self._written += len(rows)
            yield rows

    def _watermark(self) -> Watermark:
        by = self._principal
        roles = "、".join(dict.fromkeys(Role(grant.role).label for grant in by.grants if grant.role in set(Role)))
        at = self._parts.clock.now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        return Watermark(f"{roles} {by.subject}", self._table.purpose.label, at, str(self._job.job.id))
