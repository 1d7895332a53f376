"""Tags over HTTP: the care family, and the sensitive family under its own permission."""

from uuid import UUID

from fastapi import APIRouter, status

from services.registry.deps import Authorised, Registry
from services.registry.tags.domain import Family
from services.registry.tags.schemas import EndTag, StartTag, TagsView, TagView
from services.registry.wiring import UseCases
from shared.auth.principal import Principal
from shared.http.errors import problems
from shared.http.idempotency import Idempotent
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute, tags=["tags"])


@router.post(
    "/persons/{id}/tags",
    operation_id="startTag",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Idempotent],
    responses=problems(404, 409),
)
async def start(id: UUID, body: StartTag, principal: Authorised, registry: Registry) -> TagView:
    """A tag of the care family begins."""
    return await _start(registry, principal, id, Family.CARE, body)


@router.get("/persons/{id}/tags", operation_id="listTags", responses=problems(404))
async def list_of(id: UUID, principal: Authorised, registry: Registry) -> TagsView:
    """A person's tags of the care family."""
    return await _list(registry, principal, id, Family.CARE)


@router.post("/tags/{id}/end", operation_id="endTag", dependencies=[Idempotent], responses=problems(404, 409))
async def end(id: UUID, body: EndTag, principal: Authorised, registry: Registry) -> TagView:
    """A tag of the care family ends."""
    return await _end(registry, principal, id, Family.CARE, body)


@router.post(
    "/persons/{id}/restricted-tags",
    operation_id="startRestrictedTag",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Idempotent],
    responses=problems(404, 409),
)
async def start_restricted(id: UUID, body: StartTag, principal: Authorised, registry: Registry) -> TagView:
    """A tag of the sensitive family begins."""
    return await _start(registry, principal, id, Family.SENSITIVE, body)


@router.get("/persons/{id}/restricted-tags", operation_id="listRestrictedTags", responses=problems(404))
async def list_restricted(id: UUID, principal: Authorised, registry: Registry) -> TagsView:
    """A person's tags of the sensitive family."""
    return await _list(registry, principal, id, Family.SENSITIVE)


@router.post(
    "/restricted-tags/{id}/end",
    operation_id="endRestrictedTag",
    dependencies=[Idempotent],
    responses=problems(404, 409),
)
async def end_restricted(id: UUID, body: EndTag, principal: Authorised, registry: Registry) -> TagView:
    """A tag of the sensitive family ends."""
    return await _end(registry, principal, id, Family.SENSITIVE, body)


async def _start(registry: UseCases, principal: Principal, id: UUID, family: Family, body: StartTag) -> TagView:
    tag = await registry.tags.start(
        principal, id, family, code=body.code, level=body.level, source=body.source, started_on=body.started_on
    )
    return TagView.model_validate(tag)


async def _end(registry: UseCases, principal: Principal, id: UUID, family: Family, body: EndTag) -> TagView:
    return TagView.model_validate(await registry.tags.end(principal, id, family, ended_on=body.ended_on))


async def _list(registry: UseCases, principal: Principal, id: UUID, family: Family) -> TagsView:
    tags = await registry.tags.of_person(principal, id, family)
    return TagsView(items=[TagView.model_validate(tag) for tag in tags])
