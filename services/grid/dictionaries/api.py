"""The dictionary of incidents (事件字典) over HTTP."""

from fastapi import APIRouter

from services.grid.deps import Grid
from services.grid.dictionaries.schemas import DictionaryView
from shared.http.endpoint import reads
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])


@router.get(
    "/incident-dictionary",
    **reads(
        "getDictionary",
        "查询事件字典",
        "今天有效的事件字典：类别、各等级的办理时限和计时时段。",
        permission="incident.report",
        scope="open",
        refusals=(),
    ),
)
async def in_force(principal: Authorised, grid: Grid) -> DictionaryView:
    """The version in force today: categories, limits by severity, hours of work."""
    return DictionaryView.model_validate(await grid.dictionaries.in_force())
