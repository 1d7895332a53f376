"""Rebuilds over HTTP."""

from uuid import UUID

from fastapi import APIRouter

from services.indicators.deps import Authorised, RebuildsUse
from services.indicators.rebuilds.schemas import RebuildView, StartRebuild
from services.indicators.routes import ROUTES
from shared.http.errors import problems
from shared.http.idempotency import Idempotent
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute, tags=["rebuilds"])


@router.post(
    "/rebuilds", operation_id="startRebuild", status_code=202, responses=problems(409), dependencies=[Idempotent]
)
async def start(body: StartRebuild, principal: Authorised, rebuilds: RebuildsUse) -> RebuildView:
    """Build every figure again from the topics, compare, and switch. Reads go on; one rebuild at a time."""
    followed = {route.noun for route in ROUTES}
    expected = {noun: count for run in body.runs for noun, count in run.nouns.items() if noun in followed}
    return RebuildView.of(await rebuilds.start(principal, expected))


@router.get("/rebuilds/{id}", operation_id="getRebuild", responses=problems(404))
async def get(id: UUID, principal: Authorised, rebuilds: RebuildsUse) -> RebuildView:
    """How far it is, and what came out otherwise."""
    return RebuildView.of(await rebuilds.find(id))
