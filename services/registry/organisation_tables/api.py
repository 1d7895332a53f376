"""Tables of organisations over HTTP: imported and exported."""

from fastapi import APIRouter

from services.registry.organisation_tables.domain import COLUMNS, TITLE
from services.registry.organisation_tables.schemas import BeginOrganisationExport
from services.registry.organisation_tables.service import ORGANISATIONS_OUT, TARGET, require_import
from shared.exports.areas import AreaExports
from shared.http.endpoint import creates
from shared.http.export_routes import add_export_routes
from shared.http.exports import ExportView
from shared.http.import_routes import ImportDoor, add_import_routes
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.jobs.queue import TooMuchWork

router = APIRouter(route_class=ServiceRoute, tags=["organisation tables"])

EXPORT = "organisation.export"

add_import_routes(
    router,
    ImportDoor(
        what="Organisation",
        path="organisation",
        title=TITLE,
        permission="organisation.manage",
        target=TARGET,
        columns=COLUMNS,
        require=require_import,
    ),
)


@router.post(
    "/organisation-exports",
    **creates(
        "beginOrganisationExport",
        "导出组织名册",
        "把某区域您可以查看的组织导出成表格，负责人和电话默认脱敏，完成后七日内可下载。",
        permission=EXPORT,
        refusals=(403, 404, 409),
        etag=False,
        refuses=(TooMuchWork,),
    ),
)
async def begin(body: BeginOrganisationExport, context: Context, principal: Authorised) -> ExportView:
    """Have a table written of the organisations of an area that you may see; download it within seven days."""
    exports = AreaExports(context, principal, ORGANISATIONS_OUT)
    return ExportView.of(await exports.begin(body.model_dump(mode="json")))


add_export_routes(router, "Organisation", "organisation", EXPORT, ORGANISATIONS_OUT)
