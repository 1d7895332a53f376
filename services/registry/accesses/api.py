"""Who looked at a person, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from services.registry.accesses.schemas import AccessView
from services.registry.deps import Registry
from shared.http.endpoint import reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["persons"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]


@router.get(
    "/persons/{id}/accesses",
    **reads(
        "listAccesses",
        "查询访问记录",
        "某位居民的每次查看和变更，最新的在前；涉及敏感标签的，只给有权知悉者看。",
        permission="person.accesses",
    ),
)
async def list_of(id: PersonId, principal: Authorised, registry: Registry, page: PageQuery) -> Page[AccessView]:
    """Every read and change of a person, the newest first; those about restricted tags for who may know of such.

    Auditors see them too, told as of any tag.
    """
    after = None
    if page.after:
        at, writer, batch, position = page.after
        after = (datetime.fromisoformat(at), str(writer), int(batch), int(position))
    entries = await registry.accesses.of_person(principal, id, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(entries, lambda one: (one.at, one.writer, one.batch, one.position))
    return Page(items=[AccessView.model_validate(entry) for entry in shown], next_cursor=cursor)
