"""Tables of facilities over HTTP: imported and exported."""

from fastapi import APIRouter

from services.registry.facility_tables.domain import COLUMNS, TITLE
from services.registry.facility_tables.schemas import BeginFacilityExport
from services.registry.facility_tables.service import FACILITIES_OUT, TARGET, require_import
from shared.exports.areas import AreaExports
from shared.http.endpoint import creates
from shared.http.export_routes import add_export_routes
from shared.http.exports import ExportView
from shared.http.import_routes import ImportDoor, add_import_routes
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.jobs.queue import TooMuchWork

router = APIRouter(route_class=ServiceRoute, tags=["facility tables"])

EXPORT = "facility.export"

add_import_routes(
    router,
    ImportDoor(
        what="Facility",
        path="facility",
        title=TITLE,
        permission="facility.manage",
        target=TARGET,
        columns=COLUMNS,
        require=require_import,
    ),
)


@router.post(
    "/facility-exports",
    **creates(
        "beginFacilityExport",
        "导出设施名册",
        "把某区域您可以查看的设施导出成表格，完成后七日内可下载。",
        permission=EXPORT,
        refusals=(403, 404, 409),
        etag=False,
        refuses=(TooMuchWork,),
    ),
)
async def begin(body: BeginFacilityExport, context: Context, principal: Authorised) -> ExportView:
    """Have a table written of the facilities of an area that you may see; download it within seven days."""
    exports = AreaExports(context, principal, FACILITIES_OUT)
    return ExportView.of(await exports.begin(body.model_dump(mode="json")))


add_export_routes(router, "Facility", "facility", EXPORT, FACILITIES_OUT)
