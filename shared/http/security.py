"""Admission of a caller: the token is verified, and what the route asks of its caller is compared with its grants."""

from typing import Annotated

import structlog
from fastapi import Depends, Request

from shared.auth.principal import NOBODY, Principal
from shared.errors import CountyGrantNeeded, Forbidden, Unauthenticated
from shared.http.kit import Kit, Reach, state_of

log = structlog.get_logger(__name__)


async def admit(kit: Kit, operation: str, authorization: str | None) -> Principal:
    """The principal behind an `Authorization` header, if the access table lets it call the operation.

    An operation that the table does not name is refused for everybody. Raises `Unauthenticated`, `Forbidden`, or
    `Unavailable` while keys or tree cannot be had.
    """
    access = kit.access.get(operation)
    if authorization is None:
        if access is not None and access.permission is None:
            return NOBODY
        raise Unauthenticated
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    principal = await kit.verifier.verify(token.strip())
    if access is None:
        log.error("endpoint_without_access_entry", operation=operation)
        raise Forbidden(operation)
    if access.permission is not None and not _may_try(principal, access.permission, access.scope):
        raise Forbidden(operation)
    principal = principal.of_request(await kit.lineage.lineage())
    if access.permission is not None and access.scope == "county" and not principal.holds_county(access.permission):
        raise CountyGrantNeeded(operation)
    return principal


def _may_try(principal: Principal, permission: str, reach: Reach) -> bool:
    """Whether any grant holds the permission: refuses early, and decides nothing. The use case asks with the area."""
    if reach in ("area", "county"):
        return any(grant.opens(permission) for grant in principal.grants)
    return any(grant.carries(permission) for grant in principal.grants)


async def authorise(request: Request) -> Principal:
    """Dependency: the caller, whom the route admitted before it read the body."""
    return state_of(request).principal


Authorised = Annotated[Principal, Depends(authorise)]
"""The caller, as every endpoint is given it."""
