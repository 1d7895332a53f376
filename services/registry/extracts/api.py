"""Signed extracts over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Depends

from services.registry.deps import Authorised, SigningExtracts
from services.registry.persons.schemas import ExtractView, SignExtract
from shared.http.errors import problems
from shared.http.limits import rate_limited
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute, tags=["persons"])


@router.post(
    "/persons/{id}/extracts",
    operation_id="signExtract",
    dependencies=[Depends(rate_limited("person_extract"))],
    responses=problems(404, 429),
)
async def sign(id: UUID, body: SignExtract, principal: Authorised, extracts: SigningExtracts) -> ExtractView:
    """What the register knows of a person, attested to one audience for ten minutes."""
    signed = await extracts.sign(principal, id, audience=body.audience, purpose=body.purpose, fields=body.fields)
    return ExtractView(extract=signed.jws, expires_at=signed.expires_at)
