"""What stands on the route of an endpoint: operation id, Chinese title, permission, refusals, ETag, idempotency.

`@router.post("/incidents/{id}/file", **step("fileIncident", "立案", permission="incident.file"))`
"""

import re
from collections.abc import Sequence
from typing import Any

from fastapi.params import Depends
from fastapi.routing import APIRoute

from shared.http.errors import problems
from shared.http.etag import tagged
from shared.http.idempotency import Idempotent
from shared.http.kit import Access, Reach, ReachOfChange

PERMISSION, REACH = "x-permission", "x-scope"
"""Where a route, and its operation in the OpenAPI document, carry what is asked of the caller."""


def endpoint(
    operation: str,
    title: str,
    *,
    permission: str | None,
    scope: Reach = "area",
    refusals: Sequence[int] = (),
    status: int = 200,
    etag: bool = False,
    location: bool = False,
    idempotent: bool = False,
    also: Sequence[Depends] = (),
) -> dict[str, Any]:
    """Keyword arguments of `@router.get(…)` and its kin.

    `title` is Chinese, for people. `permission`: None for what is open to everybody. `refusals`: HTTP statuses besides
    those that every endpoint has. `also`: further dependencies, asked first. Raises `ValueError` for a permission that
    no role has.
    """
    access = Access(permission, scope)
    answered = tagged(status, location=location) if etag else {}
    return {
        "operation_id": operation,
        "summary": f"{title} {words(operation)}",
        "status_code": status,
        "responses": problems(*refusals) | answered,
        "dependencies": [*also, *([Idempotent] if idempotent else [])],  # a limit stands before the transaction
        "openapi_extra": {PERMISSION: access.permission, REACH: access.scope},
    }


def reads(
    operation: str,
    title: str,
    *,
    permission: str | None,
    scope: Reach = "area",
    refusals: Sequence[int] = (404,),
    etag: bool = False,
    also: Sequence[Depends] = (),
) -> dict[str, Any]:
    """An endpoint that changes nothing: a GET, or a POST whose question does not belong into an address."""
    return endpoint(operation, title, permission=permission, scope=scope, refusals=refusals, etag=etag, also=also)


def creates(
    operation: str,
    title: str,
    *,
    permission: str,
    scope: ReachOfChange = "area",
    refusals: Sequence[int] = (404, 409),
    status: int = 201,
    etag: bool = True,
    location: bool = False,
    also: Sequence[Depends] = (),
) -> dict[str, Any]:
    """An endpoint that makes something new; repeatable with an idempotency key."""
    return endpoint(
        operation,
        title,
        permission=permission,
        scope=scope,
        refusals=refusals,
        status=status,
        etag=etag,
        location=location,
        idempotent=True,
        also=also,
    )


def step(
    operation: str,
    title: str,
    *,
    permission: str,
    scope: ReachOfChange = "area",
    refusals: Sequence[int] = (404, 409, 412),
    also: Sequence[Depends] = (),
) -> dict[str, Any]:
    """A change of what there is, as `POST /{id}/<verb>`: ETag in the answer, repeatable with an idempotency key.

    The endpoint takes `Expected` (an `If-Match` that may be left out) or `IfMatch` (one that may not: add 428).
    """
    return endpoint(
        operation, title, permission=permission, scope=scope, refusals=refusals, etag=True, idempotent=True, also=also
    )


def access_of(route: APIRoute) -> Access:
    """What the route asks of its caller. Raises `TypeError` for a route that does not say."""
    extra = route.openapi_extra or {}
    if PERMISSION not in extra:
        raise TypeError(f"{route.path} names no permission: nobody would know who may call it")
    return Access(extra[PERMISSION], extra[REACH])


def words(operation: str) -> str:
    """`addHouseholdMember` → `Add household member`."""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: " " + letter[0].lower(), operation).capitalize()
