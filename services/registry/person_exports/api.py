"""Exports of residents over HTTP."""

from fastapi import APIRouter

from services.registry.person_exports.schemas import BeginPersonExport
from services.registry.person_exports.service import PERSONS_OUT
from shared.exports.areas import AreaExports
from shared.http.endpoint import creates
from shared.http.export_routes import add_export_routes
from shared.http.exports import ExportView
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.jobs.queue import TooMuchWork

router = APIRouter(route_class=ServiceRoute, tags=["person exports"])

PERMISSION = "person.export"


@router.post(
    "/person-exports",
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
async def begin(body: BeginPersonExport, context: Context, principal: Authorised) -> ExportView:
    """Have a table written of the residents of an area that you may see; download it within seven days."""
    exports = AreaExports(context, principal, PERSONS_OUT)
    return ExportView.of(await exports.begin(body.model_dump(mode="json")))


add_export_routes(router, "Person", "person", PERMISSION, PERSONS_OUT)
