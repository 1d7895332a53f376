"""Endpoints of the import of one noun's tables: template, check, report, taking in. `ImportDoor` says what differs.

Operation ids follow the noun: `beginPersonImport` below `/person-imports`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from shared.auth.principal import Principal
from shared.contracts.envelope import AreaCode
from shared.files.domain import FileAttached, FileDamaged, WrongKind
from shared.files.store import NoStore
from shared.http.endpoint import creates, reads
from shared.http.files import FilesOf
from shared.http.imports import (
    FindingView,
    ImportId,
    ImportsOf,
    ImportView,
    answers_file,
    followed,
    page_of_findings,
    reported,
    shown,
    workbook,
)
from shared.http.kit import kit_of
from shared.http.operations import streams
from shared.http.pagination import PageQuery
from shared.http.schemas import Body, Page
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.imports.domain import KEPT, ImportTransitionError, NothingToImport, TooManyFindings
from shared.jobs import queue
from shared.jobs.queue import TooMuchWork
from shared.spreadsheets.columns import Column
from shared.spreadsheets.writing import write_template


class BeginTableImport(Body):
    """Which table is checked, and for which area."""

    file: UUID = Field(description="文件标识 id of a table that was uploaded")
    area: AreaCode = Field(
        description="所属区域 where rows belong that say no place; those that name one lie inside it or in your scope",
        examples=["450481100201"],
    )
    sheet: Annotated[str, Field(min_length=1, max_length=31)] | None = Field(
        default=None, description="工作表 null: the first visible one that holds anything", examples=["名册"]
    )


@dataclass(frozen=True)
class ImportDoor:
    """A noun's tables over HTTP.

    `what`: in operation ids (`Person`); `path`: in addresses (`person`); `title`: of the table, in Chinese. `require`
    raises `NotFound` for who may not import in an area. `dropped`: a table is deleted when its import is cancelled.
    `begins`: by the endpoint of the kit; else the noun has one of its own. A `target` that ends with a colon stands for
    all that begin with it.
    """

    what: str
    path: str
    title: str
    permission: str
    target: str
    columns: Sequence[Column]
    require: Callable[[Principal, str], None]
    kept: timedelta = KEPT
    dropped: bool = False
    begins: bool = True


def add_import_routes(router: APIRouter, door: ImportDoor) -> None:
    """The template and the endpoints that begin an import, and that look at one."""
    what, title, permission, target = door.what, door.title, door.permission, door.target
    at = f"/{door.path}-imports"

    @router.get(
        f"/{door.path}-import-template",
        **answers_file(
            reads(
                f"get{what}Template",
                f"下载{title}模板",
                f"下载空白{title}，含列标题、下拉选项和填写说明。",
                permission=permission,
                scope="open",
                refusals=(),
            )
        ),
    )
    async def template(principal: Authorised) -> Response:
        """An empty table with titles, drop-downs and a guide."""
        return await workbook(write_template(title, door.columns), f"{title}模板.xlsx")

    if door.begins:
        _add_begin(router, door, at)

    @router.get(
        f"{at}/{{id}}",
        **reads(f"get{what}Import", f"查询{title}导入", "您的一次导入的当前情况。", permission=permission, scope="own"),
    )
    async def get_import(id: ImportId, imports: ImportsOf) -> ImportView:
        """An import of yours as it is now."""
        return await shown(imports, target, id)

    @router.get(
        f"{at}/{{id}}/progress",
        **streams(
            reads(
                f"follow{what}Import",
                f"跟踪{title}导入",
                "持续跟踪导入：有变化时发送 `progress` 事件，结束时发送 `end`。",
                permission=permission,
                scope="own",
                refusals=(404, 429),
            )
        ),
    )
    async def follow(id: ImportId, request: Request, context: Context, imports: ImportsOf) -> Response:
        """The same as it goes on: an event `progress` whenever it has changed, `end` when the work is over."""
        return await followed(request, context, imports, target, id)

    _add_findings(router, door, at)
    _add_steps(router, door, at)


def _add_begin(router: APIRouter, door: ImportDoor, at: str) -> None:
    what, title, permission, target = door.what, door.title, door.permission, door.target

    @router.post(
        at,
        **creates(
            f"begin{what}Import",
            f"检查{title}",
            f"检查已上传的{title}。在 `commit{what}Import` 之前不改变任何数据。",
            permission=permission,
            refusals=(403, 404),
            etag=False,
            refuses=(WrongKind, FileAttached, TooMuchWork),
        ),
    )
    async def begin(
        body: BeginTableImport, context: Context, files: FilesOf, imports: ImportsOf, principal: Authorised
    ) -> ImportView:
        """Check a table that was uploaded. Nothing changes before it is taken in."""
        door.require(principal, body.area)
        row = await imports.begin(target, files, body.file, area=body.area, sheet=body.sheet, kept=door.kept)
        return ImportView.of(row, await queue.find(context.session, row.job), imports.crypto)


def _add_findings(router: APIRouter, door: ImportDoor, at: str) -> None:
    what, title, permission, target = door.what, door.title, door.permission, door.target

    @router.get(
        f"{at}/{{id}}/findings",
        **reads(
            f"list{what}ImportFindings",
            f"{title}问题清单",
            "表格中的问题，按行、列列出；与在册信息不同的列为更正建议，不作改动。",
            permission=permission,
            scope="own",
        ),
    )
    async def list_findings(id: ImportId, page: PageQuery, imports: ImportsOf) -> Page[FindingView]:
        """What is wrong with the table, by row and column; what differs from the register is proposed, not changed."""
        return await page_of_findings(imports, target, id, page)

    @router.get(
        f"{at}/{{id}}/report",
        **answers_file(
            reads(
                f"get{what}ImportReport",
                f"下载{title}导入报告",
                "下载有问题的行，问题单元格已标出；最多 10000 行。检查完成之前没有报告；须现在仍可在该区域导入。",
                permission=permission,
                scope="own",
                refuses=(ImportTransitionError, FileDamaged, NoStore),
            )
        ),
    )
    async def report(
        id: ImportId, request: Request, context: Context, imports: ImportsOf, principal: Authorised
    ) -> Response:
        """The rows in which something is wrong, cells marked; up to 10,000 of them, to who may still import there."""
        row = await imports.report(target, id)
        door.require(principal, row.area)
        return await reported(request, context.session, row)


def _add_steps(router: APIRouter, door: ImportDoor, at: str) -> None:
    what, title, permission, target = door.what, door.title, door.permission, door.target

    @router.post(
        f"{at}/{{id}}/commit",
        **creates(
            f"commit{what}Import",
            f"确认导入{title}",
            "导入检查中没有问题的行。",
            permission=permission,
            scope="own",
            refusals=(404,),
            status=200,
            etag=False,
            refuses=(ImportTransitionError, NothingToImport, TooManyFindings),
        ),
    )
    async def commit(id: ImportId, imports: ImportsOf, principal: Authorised) -> ImportView:
        """Take in the rows of which nothing wrong was found."""
        row, _ = await imports.read(target, id)
        door.require(principal, row.area)
        await imports.commit(target, id)
        return await shown(imports, target, id)

    @router.post(
        f"{at}/{{id}}/cancel",
        **creates(
            f"cancel{what}Import",
            f"取消导入{title}",
            "取消导入；已经导入的行保留。",
            permission=permission,
            scope="own",
            refusals=(404,),
            status=200,
            etag=False,
            refuses=(ImportTransitionError,),
        ),
    )
    async def cancel(id: ImportId, request: Request, context: Context, imports: ImportsOf) -> ImportView:
        """Stop it. Rows that were taken in by then stay."""
        dropped = kit_of(request).archive.rows(context.session) if door.dropped else None
        await imports.cancel(target, id, drop=dropped)
        return await shown(imports, target, id)
