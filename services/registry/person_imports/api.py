"""Lists of residents over HTTP: template, check, report, confirmation of rows, taking in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.registry.person_imports.domain.columns import COLUMNS
from services.registry.person_imports.domain.refusals import NotToBeConfirmed
from services.registry.person_imports.schemas import BeginPersonImport, ConfirmRows
from services.registry.person_imports.service.imports import KEPT, TARGET, PersonImports, require_import
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
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.imports.domain import ImportTransitionError, NothingToImport, TooManyFindings
from shared.jobs import queue
from shared.jobs.queue import TooMuchWork
from shared.spreadsheets.writing import write_template

router = APIRouter(route_class=ServiceRoute, tags=["person imports"])

PERMISSION = "person.import"


async def _person_imports(context: Context, imports: ImportsOf) -> PersonImports:
    return PersonImports(context, context.principal, imports)


PersonImportsOf = Annotated[PersonImports, Depends(_person_imports)]


@router.get(
    "/person-import-template",
    **answers_file(
        reads(
            "getPersonTemplate",
            "下载居民名册模板",
            "下载空白居民名册，含列标题、关系、民族、证件类型等下拉选项和填写说明。",
            permission=PERMISSION,
            scope="open",
            refusals=(),
        )
    ),
)
async def template(principal: Authorised) -> Response:
    """An empty list of residents with titles, drop-downs and a guide."""
    return await workbook(write_template("居民名册", COLUMNS), "居民名册模板.xlsx")


@router.post(
    "/person-imports",
    **creates(
        "beginPersonImport",
        "检查居民名册",
        "检查已上传的居民名册。在 `commitPersonImport` 之前不改变任何数据。",
        permission=PERMISSION,
        refusals=(403, 404),
        etag=False,
        refuses=(WrongKind, FileAttached, TooMuchWork),
    ),
)
async def begin(
    body: BeginPersonImport, context: Context, files: FilesOf, imports: ImportsOf, principal: Authorised
) -> ImportView:
    """Check a list that was uploaded. Nothing changes before `commitPersonImport`."""
    require_import(principal, body.area)
    row = await imports.begin(TARGET, files, body.file, area=body.area, sheet=body.sheet, kept=KEPT)
    return ImportView.of(row, await queue.find(context.session, row.job), imports.crypto)


@router.get(
    "/person-imports/{id}",
    **reads("getPersonImport", "查询居民名册导入", "您的一次导入的当前情况。", permission=PERMISSION, scope="own"),
)
async def get_import(id: ImportId, imports: ImportsOf) -> ImportView:
    """An import of yours as it is now."""
    return await shown(imports, TARGET, id)


@router.get(
    "/person-imports/{id}/progress",
    **streams(
        reads(
            "followPersonImport",
            "跟踪居民名册导入",
            "持续跟踪导入：有变化时发送 `progress` 事件，结束时发送 `end`。",
            permission=PERMISSION,
            scope="own",
            refusals=(404, 429),
        )
    ),
)
async def follow(id: ImportId, request: Request, context: Context, imports: ImportsOf) -> Response:
    """The same as it goes on: an event `progress` whenever it has changed, `end` when the work is over."""
    return await followed(request, context, imports, TARGET, id)


@router.get(
    "/person-imports/{id}/findings",
    **reads(
        "listPersonImportFindings",
        "居民名册问题清单",
        "名册中的问题，按行、列列出；与在册信息不同的列为更正建议，不作改动。",
        permission=PERMISSION,
        scope="own",
    ),
)
async def list_findings(id: ImportId, page: PageQuery, imports: ImportsOf) -> Page[FindingView]:
    """What is wrong with the list, by row and column; what differs from the register is proposed, and not changed."""
    return await page_of_findings(imports, TARGET, id, page)


@router.get(
    "/person-imports/{id}/report",
    **answers_file(
        reads(
            "getPersonImportReport",
            "下载居民名册导入报告",
            "下载有问题的行，问题单元格已标出；最多 10000 行。检查完成之前没有报告；须现在仍可在该区域导入。",
            permission=PERMISSION,
            scope="own",
            refuses=(ImportTransitionError, FileDamaged, NoStore),
        )
    ),
)
async def report(
    id: ImportId, request: Request, context: Context, imports: ImportsOf, principal: Authorised
) -> Response:
    """The rows in which something is wrong, cells marked; up to 10,000 of them, to who may still import there."""
    row = await imports.report(TARGET, id)
    require_import(principal, row.area)
    return await reported(request, context.session, row)


@router.post(
    "/person-imports/{id}/confirm",
    **creates(
        "confirmPersonImportRows",
        "确认疑似重复行",
        "确认所列各行确为另一人，可以导入；只有疑似重复一项问题的行可以确认。",
        permission=PERMISSION,
        scope="own",
        refusals=(404,),
        status=200,
        etag=False,
        refuses=(ImportTransitionError, NotToBeConfirmed),
    ),
)
async def confirm(
    id: ImportId, body: ConfirmRows, imports: ImportsOf, lists: PersonImportsOf, principal: Authorised
) -> ImportView:
    """Rows are of somebody else than the residents whom they resemble. Only rows with that one finding."""
    row, _ = await imports.read(TARGET, id)
    require_import(principal, row.area)
    await lists.confirm(TARGET, id, body.rows)
    return await shown(imports, TARGET, id)


@router.post(
    "/person-imports/{id}/commit",
    **creates(
        "commitPersonImport",
        "确认导入居民名册",
        "登记检查中没有问题的行，并按名册立户或加入户。",
        permission=PERMISSION,
        scope="own",
        refusals=(404,),
        status=200,
        etag=False,
        refuses=(ImportTransitionError, NothingToImport, TooManyFindings),
    ),
)
async def commit(id: ImportId, imports: ImportsOf, principal: Authorised) -> ImportView:
    """Register the people of rows of which nothing wrong was found, and their households."""
    row, _ = await imports.read(TARGET, id)
    require_import(principal, row.area)
    await imports.commit(TARGET, id)
    return await shown(imports, TARGET, id)


@router.post(
    "/person-imports/{id}/cancel",
    **creates(
        "cancelPersonImport",
        "取消导入居民名册",
        "取消导入，名册随即删除；已经登记的居民保留。",
        permission=PERMISSION,
        scope="own",
        refusals=(404,),
        status=200,
        etag=False,
        refuses=(ImportTransitionError,),
    ),
)
async def cancel(id: ImportId, request: Request, context: Context, imports: ImportsOf) -> ImportView:
    """Stop it; the list is deleted. People who were registered by then stay."""
    await imports.cancel(TARGET, id, drop=kit_of(request).archive.rows(context.session))
    return await shown(imports, TARGET, id)
