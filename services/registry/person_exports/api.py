"""Exports of residents over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.registry.person_exports.schemas import BeginPersonExport
from services.registry.person_exports.service import PersonExport
from shared.exports.domain import ExportNotWritten
from shared.files.domain import FileDamaged
from shared.files.store import NoStore
from shared.http.endpoint import creates, endpoint, reads
from shared.http.exports import ExportId, ExportView, handed_out
from shared.http.imports import answers_file
from shared.http.kit import kit_of
from shared.http.route import ServiceRoute
from shared.http.transaction import Context
from shared.jobs.queue import TooMuchWork

router = APIRouter(route_class=ServiceRoute, prefix="/person-exports", tags=["person exports"])

PERMISSION = "person.export"


async def _exports(context: Context) -> PersonExport:
    return PersonExport(context, context.principal)


ExportsOf = Annotated[PersonExport, Depends(_exports)]


@router.post(
    "",
    **creates(
        "beginPersonExport",
        "导出居民名册",
        "把某区域您可以查看的居民导出成表格，完成后七日内可下载。",
        permission=PERMISSION,
        refusals=(403, 404, 409),
        etag=False,
        refuses=(TooMuchWork,),
    ),
)
async def begin(body: BeginPersonExport, exports: ExportsOf) -> ExportView:
    """Have a table written of the residents of an area that you may see; download it within seven days."""
    return ExportView.of(await exports.begin(body.model_dump(mode="json")))


@router.get(
    "/{id}",
    **reads("getPersonExport", "查询居民名册导出", "您的一次导出的当前情况。", permission=PERMISSION, scope="own"),
)
async def get_export(id: ExportId, exports: ExportsOf) -> ExportView:
    """An export of yours as it is now."""
    return ExportView.of(await exports.own.read(id))


@router.get(
    "/{id}/content",
    **answers_file(
        reads(
            "getPersonExportContent",
            "下载居民名册",
            "下载写好的名册，七日内有效；导出时所凭的权限现在须仍然有效，每次下载留痕。",
            permission=PERMISSION,
            scope="own",
            refusals=(404, 409),
            refuses=(ExportNotWritten, FileDamaged, NoStore),
        )
    ),
)
async def get_content(id: ExportId, request: Request, exports: ExportsOf) -> Response:
    """The table that an export of yours wrote, as long as you may see all that it was written of."""
    return await handed_out(request, await exports.own.content(kit_of(request).archive, id))


@router.post(
    "/{id}/cancel",
    **endpoint(
        "cancelPersonExport",
        "取消导出居民名册",
        "取消导出。",
        permission=PERMISSION,
        scope="own",
        refusals=(404,),
        idempotent=True,
    ),
)
async def cancel(id: ExportId, exports: ExportsOf) -> ExportView:
    """Stop it."""
    return ExportView.of(await exports.own.cancel(id))
