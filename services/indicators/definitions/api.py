"""Definitions over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.indicators.definitions.schemas import DefinitionsView, DefinitionView
from services.indicators.deps import Indicators
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["figures"])


@router.get(
    "/definitions",
    **reads(
        "listDefinitions",
        "指标口径列表",
        "现行各项指标的口径。",
        permission="indicator.read",
        scope="open",
        refusals=(),
    ),
)
async def in_force(
    principal: Authorised,
    indicators: Indicators,
    area: Annotated[
        AreaCode | None,
        Query(description="区划代码 area they are to be asked for; restricted ones come if you may see them there"),
    ] = None,
) -> DefinitionsView:
    """What every indicator means, in force now."""
    found = await indicators.definitions.known_to(principal, area)
    return DefinitionsView(items=[DefinitionView.model_validate(one) for one in found])
