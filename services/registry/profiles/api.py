"""Community profiles over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.registry.deps import Registry
from services.registry.profiles.schemas import ProfileView
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["profiles"])

AreaPath = Annotated[AreaCode, Path(description="区划代码 code of an area, 2 to 12 digits, or of a grid")]


@router.get(
    "/areas/{code}/profile",
    **reads(
        "getAreaProfile",
        "社区概况",
        "某区域今天的人口、户、房屋、组织和设施，一次取全；与各列表的计数一致。无权查看居民名单的，人口小数隐去。",
        permission="profile.read",
    ),
)
async def read(code: AreaPath, principal: Authorised, registry: Registry) -> ProfileView:
    """What an area has today: people, homes, organisations and facilities, equal to the lists of each."""
    return ProfileView.of(code, await registry.profiles.read(principal, code))
