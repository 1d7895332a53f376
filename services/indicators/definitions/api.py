"""Definitions over HTTP."""

from fastapi import APIRouter

from services.indicators.definitions.schemas import DefinitionsView, DefinitionView
from services.indicators.deps import Indicators
from shared.http.endpoint import reads
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["figures"])


@router.get(
    "/definitions", **reads("listDefinitions", "指标口径列表", permission="indicator.read", scope="open", refusals=())
)
async def in_force(principal: Authorised, indicators: Indicators) -> DefinitionsView:
    """What every indicator means, in force now."""
    found = await indicators.definitions.known_to(principal)
    return DefinitionsView(items=[DefinitionView.model_validate(one) for one in found])
