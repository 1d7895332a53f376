"""Imports over HTTP: their views, and what the doors of every noun that is imported have in common."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from shared.crypto.service import Crypto
from shared.files.kinds import FileKind
from shared.http.files import download
from shared.http.kit import kit_of, state_of
from shared.http.pagination import PageQuery
from shared.http.progress import Progress
from shared.http.schemas import Instant, Page, View
from shared.http.transaction import Context
from shared.imports.domain import ImportStatus
from shared.imports.reporting import report_of
from shared.imports.service import Imports
from shared.imports.tables import ImportRow
from shared.imports.titles import open_titles
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus

ImportId = Annotated[UUID, Path(description="导入标识 id of the import")]


async def _imports(context: Context) -> Imports:
    return Imports(context.session, context.clock, context.access, context.principal, context.crypto)


ImportsOf = Annotated[Imports, Depends(_imports)]


class RefusalView(View):
    """Why a whole file is refused, at one place."""

    path: str = Field(description="位置 column or code of a column; empty: the file", examples=["name"])
    code: str = Field(description="错误代码", examples=["missing_column"])
    message: str = Field(description="说明", examples=["缺少列“姓名”"])


class LeftOutView(View):
    """A row that is none of the table's."""

    row: int = Field(description="行号 as programs show it", examples=[31])
    reason: str = Field(description="原因 total, note or numbering", examples=["total"])


class UnknownColumnView(View):
    """A column that nothing in the list is called like."""

    column: str = Field(description="列 letters", examples=["A"])
    title: str = Field(description="表头 as it stands there", examples=["序号"])


class ImportView(View):
    """An import as it is now. Before `commit` nothing has changed anywhere: the check is a dry run."""

    id: UUID = Field(description="导入标识 id of the import")
    file: UUID = Field(description="文件标识 id of the table")
    area: str = Field(description="所属区域", examples=["450481100201"])
    status: ImportStatus = Field(description="状态 where it stands", examples=["checked"])
    error_code: str | None = Field(
        description="错误代码 why the file is refused: of the list table_refusals, or as operations refuse; or why the"
        " work failed (`job_status`): cancel it and upload again, what was taken in stays; else null",
        examples=[None],
    )
    errors: list[RefusalView] = Field(description="文件的问题 of a refused file, with what to do")
    right: int = Field(description="可导入行数 rows of which nothing wrong was found", examples=[97])
    wrong: int = Field(description="有问题行数", examples=[3])
    findings: int = Field(description="问题数", examples=[4])
    taken: int = Field(description="已导入行数", examples=[0])
    unchanged: int = Field(description="未变化行数 that were delivered before", examples=[0])
    refused: int = Field(description="导入时被拒绝的行数 since the check", examples=[0])
    done: int = Field(description="已处理行数 of the work under way", examples=[100])
    job_status: JobStatus = Field(description="任务状态 of the work", examples=["done"])
    unknown_columns: list[UnknownColumnView] = Field(description="未识别的列")
    left_out: list[LeftOutView] = Field(description="未计入的行 totals and notes")
    created_at: Instant = Field(description="创建时间")
    checked_at: Instant | None = Field(description="检查完成时间 null: not yet")
    finished_at: Instant | None = Field(description="结束时间 null: not yet")

    @classmethod
    def of(cls, row: ImportRow, job: Job, crypto: Crypto) -> "ImportView":
        """An import with its work."""
        running: dict[str, Any] = {} if job.finished else dict(job.counts)
        counts = {**row.counts, **running}
        return cls(
            id=row.id,
            file=row.file,
            area=row.area,
            status=ImportStatus(row.status),
            error_code=row.error_code or job.error_code,
            errors=[RefusalView.model_validate(one) for one in row.errors],
            **{name: counts.get(name, 0) for name in ("right", "wrong", "findings", "taken", "unchanged", "refused")},
            done=job.done,
            job_status=job.status,
            unknown_columns=[
                UnknownColumnView(column=at, title=title)
                for at, title in open_titles(crypto, row.id, row.unknown_columns).items()
            ],
            left_out=[LeftOutView(row=number, reason=why) for number, why in row.skipped],
            created_at=row.created_at,
            checked_at=row.checked_at,
            finished_at=row.finished_at,
        )


class FindingView(View):
    """What is wrong at one place of the table. The value itself is never told."""

    row: int = Field(description="行号 as programs show it", examples=[12])
    column: str | None = Field(description="列 letters; null: the row as a whole", examples=["C"])
    field: str | None = Field(description="字段 null: the row as a whole", examples=["found_on"])
    code: str = Field(description="错误代码", examples=["not_a_day"])
    message: str = Field(description="说明", examples=["日期无法识别或不存在，请写成 2026-11-02"])


def answers_file(given: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a route whose answer is a table."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    answer = {"description": "the table", "content": {"application/octet-stream": binary}}
    return {**given, "responses": {**given["responses"], 200: answer}, "response_class": Response}


async def workbook(data: bytes, name: str) -> Response:
    """An answer with a workbook that was made in memory."""

    async def whole() -> AsyncIterator[bytes]:
        yield data

    return await download(whole(), FileKind.XLSX.media_type, name, size=len(data))


async def shown(imports: Imports, target: str, wanted: UUID) -> ImportView:
    """An own import as it is now."""
    return ImportView.of(*await imports.read(target, wanted), imports.crypto)


async def followed(request: Request, context: Context, imports: Imports, target: str, wanted: UUID) -> Response:
    """The same as it goes on."""
    await imports.read(target, wanted)
    clock, access, principal, crypto = context.clock, context.access, context.principal, context.crypto

    async def look(session: AsyncSession) -> tuple[ImportView, bool]:
        row, job = await Imports(session, clock, access, principal, crypto).read(target, wanted)
        return ImportView.of(row, job, crypto), job.finished

    return Progress(state_of(request), look)


async def page_of_findings(imports: Imports, target: str, wanted: UUID, page: PageQuery) -> Page[FindingView]:
    """What is wrong with the table of an own import, a page of it."""
    after = 0 if page.after is None else int(page.after[0])
    rows = await imports.findings(target, wanted, after=after, limit=page.limit)
    cut, cursor = page.cut(rows, key=lambda one: (one.number,))
    return Page(items=[FindingView.model_validate(one) for one in cut], next_cursor=cursor)


async def reported(request: Request, session: AsyncSession, row: ImportRow) -> Response:
    """The rows in which something is wrong, with the cells marked. Whether they may be seen was asked."""
    return await workbook(await report_of(session, kit_of(request).archive, row), "导入问题.xlsx")
