"""Extracts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path

from services.registry.deps import Registry
from services.registry.extracts.schemas import ExtractView, SignExtract
from shared.http.endpoint import reads
from shared.http.limits import rate_limited
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["persons"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]


@router.post(
    "/persons/{id}/extracts",
    **reads(
        "signExtract",
        "签发身份摘要",
        "为指定用途、接收方和地点签发该用途所需的身份摘要，十分钟内有效，只能使用一次。",
        permission="person.extract",
        refusals=(404, 429),
        also=[Depends(rate_limited("person_extract"))],
    ),
)
async def sign(id: PersonId, body: SignExtract, principal: Authorised, registry: Registry) -> ExtractView:
    """Seal what one purpose needs of a person for one audience and place; valid for ten minutes and for one use."""
    sealed = await registry.extracts.sign(principal, id, audience=body.audience, purpose=body.purpose, place=body.place)
    return ExtractView(extract=sealed.text, expires_at=sealed.expires_at)
