"""Endpoints that look at an export of a noun, hand out what it wrote, and stop it; how it begins is the noun's own.

Operation ids follow the noun: `getPersonExport` below `/person-exports`.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.exports.areas import AreaExport, AreaExports
from shared.exports.domain import ExportFormat, ExportNotWritten
from shared.files.domain import FileDamaged
from shared.files.store import NoStore
from shared.http.endpoint import endpoint, reads
from shared.http.exports import ExportId, ExportView, handed_out
from shared.http.imports import answers_file
from shared.http.kit import kit_of
from shared.http.schemas import Body
from shared.http.transaction import Context
from shared.spreadsheets.csv_writing import Encoding


class BeginAreaExport(Body):
    """What is taken out of an area, how, and what for. The purpose stands in the table itself."""

    purpose: Purpose = Field(description="用途 recorded and written into the table", examples=["statistics"])
    area: AreaCode = Field(description="所属区域 where it lies", examples=["450481100201"])
    full: bool = Field(default=False, description="完整 what is masked in full, if you may", examples=[False])
    format: ExportFormat = Field(default=ExportFormat.XLSX, description="格式", examples=["xlsx"])
    encoding: Encoding = Field(
        default=Encoding.UTF_8,
        description="编码 of .csv: utf_8, gb_18030, or utf_8_private_use for older systems",
        examples=["utf_8"],
    )


def add_export_routes(router: APIRouter, what: str, path: str, permission: str, export: AreaExport) -> None:
    """Of exports of this kind. `what`: in operation ids (`Person`); `path`: in addresses (`person`)."""
    at, title = f"/{path}-exports/{{id}}", export.title

    async def exports_of(context: Context) -> AreaExports:
        return AreaExports(context, context.principal, export)

    exports_dependency = Depends(exports_of)

    @router.get(
        at,
        **reads(f"get{what}Export", f"查询{title}导出", "您的一次导出的当前情况。", permission=permission, scope="own"),
    )
    async def get_export(id: ExportId, exports: Annotated[AreaExports, exports_dependency]) -> ExportView:
        """An export of yours as it is now."""
        return ExportView.of(await exports.read(id))

    @router.get(
        f"{at}/content",
        **answers_file(
            reads(
                f"get{what}ExportContent",
                f"下载{title}",
                f"下载写好的{title}，七日内有效；导出时所凭的权限现在须仍然有效，每次下载留痕。",
                permission=permission,
                scope="own",
                refusals=(404, 409),
                refuses=(ExportNotWritten, FileDamaged, NoStore),
            )
        ),
    )
    async def get_content(
        id: ExportId, request: Request, exports: Annotated[AreaExports, exports_dependency]
    ) -> Response:
        """The table that an export of yours wrote, as long as you may see all that it was written of."""
        return await handed_out(request, await exports.content(kit_of(request).archive, id))

    @router.post(
        f"{at}/cancel",
        **endpoint(
            f"cancel{what}Export",
            f"取消导出{title}",
            "取消导出。",
            permission=permission,
            scope="own",
            refusals=(404,),
            idempotent=True,
        ),
    )
    async def cancel(id: ExportId, exports: Annotated[AreaExports, exports_dependency]) -> ExportView:
        """Stop it."""
        return ExportView.of(await exports.cancel(id))
