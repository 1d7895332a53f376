"""Departments' lists as tables over HTTP."""

from fastapi import APIRouter

from services.registry.inbound_lists.domain import ListAreaUnknown, ListInTheFuture, ListOutdated
from services.registry.list_tables.domain import COLUMNS, PREFIX, TITLE, target_of
from services.registry.list_tables.schemas import BeginListImport
from services.registry.list_tables.service import ListTables, require_import
from shared.files.domain import FileAttached, WrongKind
from shared.http.endpoint import creates
from shared.http.files import FilesOf
from shared.http.import_routes import ImportDoor, add_import_routes
from shared.http.imports import ImportsOf, ImportView
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.jobs import queue
from shared.jobs.queue import TooMuchWork

router = APIRouter(route_class=ServiceRoute, tags=["list tables"])

PERMISSION = "tag.manage"
DOOR = ImportDoor(
    what="List",
    path="list",
    title=TITLE,
    permission=PERMISSION,
    target=PREFIX,
    columns=COLUMNS,
    require=require_import,
    dropped=True,
    begins=False,
)


@router.post(
    "/list-imports",
    **creates(
        "beginListImport",
        "检查待遇名单",
        "检查已上传的部门名单（低保、特困、残疾等）。在 `commitListImport` 之前不改变任何数据；"
        "名单须是该区域当日的完整名单，确认后上一份名单有而本名单没有的人转为待核实。",
        permission=PERMISSION,
        refusals=(403, 404),
        etag=False,
        refuses=(ListAreaUnknown, ListInTheFuture, ListOutdated, WrongKind, FileAttached, TooMuchWork),
    ),
)
async def begin(
    body: BeginListImport, context: Context, files: FilesOf, imports: ImportsOf, principal: Authorised
) -> ImportView:
    """Check a department's list. Nothing changes before `commitListImport`."""
    await ListTables(context).require(principal, body.kind, body.area, body.as_of)
    target = target_of(body.kind, body.as_of)
    row = await imports.begin(target, files, body.file, area=body.area, sheet=body.sheet, kept=DOOR.kept)
    return ImportView.of(row, await queue.find(context.session, row.job), imports.crypto)


add_import_routes(router, DOOR)
