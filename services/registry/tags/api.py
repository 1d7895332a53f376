"""Tags over HTTP: the care family, and the sensitive family under its own permission."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.registry.deps import Registry
from services.registry.life_events.domain import PersonDeceased, PersonNotActive
from services.registry.tags.domain import (
    Family,
    TagAlreadyEnded,
    TagAlreadyOpen,
    TagDatesWrong,
    TagDoesNotFit,
    UnknownTag,
    UnknownTagLevel,
    catalogue,
)
from services.registry.tags.schemas import (
    EndTag,
    StartRestrictedTag,
    StartTag,
    TagCatalogueView,
    TagKindView,
    TagsView,
    TagView,
)
from shared.auth.principal import Principal
from shared.db.compare_and_set import Seen
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["tags"])

STARTING = (UnknownTag, UnknownTagLevel, TagAlreadyOpen, TagDatesWrong, TagDoesNotFit, PersonDeceased, PersonNotActive)
ENDING = (TagAlreadyEnded, TagDatesWrong)

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]
TagId = Annotated[UUID, Path(description="标签标识 id of the tag")]


@router.get(
    "/tag-catalogue",
    **reads(
        "listTagKinds",
        "标签目录",
        "两大类标签的名称、等级、年龄性别条件、依据，以及是否须有监护人。",
        permission="tag.read",
        scope="open",
    ),
)
async def kinds(principal: Authorised) -> TagCatalogueView:
    """Every tag, who may carry it and by which source."""
    return TagCatalogueView(items=[TagKindView.model_validate(one) for one in catalogue()])


@router.post(
    "/persons/{id}/tags",
    **creates(
        "startTag",
        "添加标签",
        "添加一个关爱类标签。",
        permission="tag.manage",
        etag=False,
        refuses=STARTING,
    ),
)
async def start(id: PersonId, body: StartTag, principal: Authorised, registry: Registry) -> TagView:
    """Start a tag of the care family."""
    return await _start(registry, principal, id, Family.CARE, body)


@router.get(
    "/persons/{id}/tags", **reads("listTags", "标签列表", "某位居民的关爱类标签，最早的在前。", permission="tag.read")
)
async def list_of(id: PersonId, principal: Authorised, registry: Registry) -> TagsView:
    """A person's tags of the care family, oldest first."""
    return await _list(registry, principal, id, Family.CARE)


@router.post(
    "/tags/{id}/end",
    **step(
        "endTag",
        "结束标签",
        "结束一个关爱类标签。",
        permission="tag.manage",
        refuses=ENDING,
    ),
)
async def end(
    id: TagId, body: EndTag, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> TagView:
    """End a tag of the care family."""
    return await _end(registry, principal, id, Family.CARE, body, expected, response)


@router.post(
    "/persons/{id}/restricted-tags",
    **creates(
        "startRestrictedTag",
        "添加敏感标签",
        "添加一个敏感类标签。",
        permission="tag.restricted",
        etag=False,
        refuses=STARTING,
    ),
)
async def start_restricted(
    id: PersonId, body: StartRestrictedTag, principal: Authorised, registry: Registry
) -> TagView:
    """Start a tag of the sensitive family."""
    return await _start(registry, principal, id, Family.SENSITIVE, body)


@router.get(
    "/persons/{id}/restricted-tags",
    **reads("listRestrictedTags", "敏感标签列表", "某位居民的敏感类标签，最早的在前。", permission="tag.restricted"),
)
async def list_restricted(id: PersonId, principal: Authorised, registry: Registry) -> TagsView:
    """A person's tags of the sensitive family, oldest first."""
    return await _list(registry, principal, id, Family.SENSITIVE)


@router.post(
    "/restricted-tags/{id}/end",
    **step(
        "endRestrictedTag",
        "结束敏感标签",
        "结束一个敏感类标签。",
        permission="tag.restricted",
        refuses=ENDING,
    ),
)
async def end_restricted(
    id: TagId, body: EndTag, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> TagView:
    """End a tag of the sensitive family."""
    return await _end(registry, principal, id, Family.SENSITIVE, body, expected, response)


async def _start(registry: Registry, principal: Principal, id: UUID, family: Family, body: StartTag) -> TagView:
    tag = await registry.tags.start(
        principal, id, family, code=body.code, level=body.level, source=body.source, started_on=body.started_on
    )
    return TagView.model_validate(tag)


async def _end(
    registry: Registry,
    principal: Principal,
    id: UUID,
    family: Family,
    body: EndTag,
    expected: Seen,
    response: Response,
) -> TagView:
    tag = await registry.tags.end(principal, id, family, ended_on=body.ended_on, expected=expected)
    response.headers["ETag"] = etag_of(tag.version)
    return TagView.model_validate(tag)


async def _list(registry: Registry, principal: Principal, id: UUID, family: Family) -> TagsView:
    tags = await registry.tags.of_person(principal, id, family)
    return TagsView(items=[TagView.model_validate(tag) for tag in tags])
