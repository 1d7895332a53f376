"""What stands on the route of an endpoint: operation id, Chinese title, permission, refusals, ETag, idempotency.

`@router.post("/incidents/{id}/file", **step("fileIncident", "立案", "事件核实后立案。", permission="incident.file"))`
"""

import re
from collections.abc import Sequence
from typing import Any

from fastapi.params import Depends
from fastapi.routing import APIRoute

from shared.errors import DomainError
from shared.http.bodies import MAX_BODY
from shared.http.errors import CODES, STATUS, TITLES
from shared.http.etag import tagged
from shared.http.idempotency import Idempotent
from shared.http.kit import Access, Reach, ReachOfChange

PERMISSION, REACH = "x-permission", "x-scope"
"""Where a route, and its operation in the OpenAPI document, carry what is asked of the caller."""
MEANING = "x-meaning"
"""Where a route carries what it does, in Chinese: the first sentence of its operation's description."""
PUBLIC = "x-public"
"""Where a route, and its operation, say that nothing in the answers is of a person: large ones are compressed."""
CODES_OF = "x-problem-codes"
"""Where a route carries the codes of its refusals, and its operation in the document their titles."""


def endpoint(
    operation: str,
    title: str,
    meaning: str,
    *,
    permission: str | None,
    scope: Reach = "area",
    refusals: Sequence[int] = (),
    refuses: Sequence[type[DomainError]] = (),
    status: int = 200,
    etag: bool = False,
    location: bool = False,
    idempotent: bool = False,
    also: Sequence[Depends] = (),
    max_body: int | None = None,
    public: bool = False,
) -> dict[str, Any]:
    """Keyword arguments of `@router.get(…)` and its kin.

    `title` is Chinese, for people; so is `meaning`, what it does in a sentence or two. `permission`: None for what is
    open to everybody. `refusals`: HTTP statuses besides those that every endpoint has, with the commonest code of each.
    `refuses`: the refusals of its own, by which rules say no; what follows from how the route is built
    (`shared.http.refusals`) is not repeated. `also`: further dependencies, asked first. `max_body`: bytes that it takes
    if they are more than the setting's. `public`: nothing in its answers is of a person (`shared.http.compression`).
    Raises `ValueError` for a permission that no role has, and for what is public and yet in somebody's area.
    """
    access = Access(permission, scope)
    if public and scope != "open":
        raise ValueError("what lies in somebody's area is not public")
    codes = {CODES[number] for number in refusals} | {kind.code for kind in refuses}
    answered = tagged(status, location=location) if etag else {}
    largest = {} if max_body is None else {MAX_BODY: max_body}
    return {
        "operation_id": operation,
        "summary": f"{title} {words(operation)}",
        "status_code": status,
        "responses": problems(*refusals, *(STATUS[kind.kind] for kind in refuses)) | answered,
        "dependencies": [*also, *([Idempotent] if idempotent else [])],  # a limit stands before the transaction
        "openapi_extra": {
            PERMISSION: access.permission,
            REACH: access.scope,
            CODES_OF: sorted(codes),
            MEANING: meaning,
            **({PUBLIC: True} if public else {}),
            **largest,
        },
    }


def reads(
    operation: str,
    title: str,
    meaning: str,
    *,
    permission: str | None,
    scope: Reach = "area",
    refusals: Sequence[int] = (404,),
    refuses: Sequence[type[DomainError]] = (),
    etag: bool = False,
    also: Sequence[Depends] = (),
    public: bool = False,
) -> dict[str, Any]:
    """An endpoint that changes nothing: a GET, or a POST whose question does not belong into an address."""
    return endpoint(
        operation,
        title,
        meaning,
        permission=permission,
        scope=scope,
        refusals=refusals,
        refuses=refuses,
        etag=etag,
        also=also,
        public=public,
    )


def creates(
    operation: str,
    title: str,
    meaning: str,
    *,
    permission: str,
    scope: ReachOfChange = "area",
    refusals: Sequence[int] = (404, 409),
    refuses: Sequence[type[DomainError]] = (),
    status: int = 201,
    etag: bool = True,
    location: bool = False,
    also: Sequence[Depends] = (),
    max_body: int | None = None,
) -> dict[str, Any]:
    """An endpoint that makes something new; repeatable with an idempotency key."""
    return endpoint(
        operation,
        title,
        meaning,
        permission=permission,
        scope=scope,
        refusals=refusals,
        refuses=refuses,
        status=status,
        etag=etag,
        location=location,
        idempotent=True,
        also=also,
        max_body=max_body,
    )


def step(
    operation: str,
    title: str,
    meaning: str,
    *,
    permission: str,
    scope: ReachOfChange = "area",
    refusals: Sequence[int] = (404, 409, 412),
    refuses: Sequence[type[DomainError]] = (),
    also: Sequence[Depends] = (),
    max_body: int | None = None,
) -> dict[str, Any]:
    """A change of what there is, as `POST /{id}/<verb>`: ETag in the answer, repeatable with an idempotency key.

    The endpoint takes `Expected` (an `If-Match` that may be left out), `IfMatch` (one that may not: add 428), or
    `NamedVersion` (nor may it be `*`) if the step goes back once more each time it is taken.
    """
    return endpoint(
        operation,
        title,
        meaning,
        permission=permission,
        scope=scope,
        refusals=refusals,
        refuses=refuses,
        etag=True,
        idempotent=True,
        also=also,
        max_body=max_body,
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """`responses=` of an endpoint: the refusals that it declares, beside those that every endpoint has."""
    return {status: {"description": TITLES[status]} for status in sorted({401, 403, 422, 500, 503, *statuses})}


def access_of(route: APIRoute) -> Access:
    """What the route asks of its caller. Raises `TypeError` for a route that does not say."""
    extra = route.openapi_extra or {}
    if PERMISSION not in extra:
        raise TypeError(f"{route.path} names no permission: nobody would know who may call it")
    return Access(extra[PERMISSION], extra[REACH])


def is_public(route: APIRoute) -> bool:
    """Whether nothing in the route's answers is of a person."""
    return bool((route.openapi_extra or {}).get(PUBLIC))


def words(operation: str) -> str:
    """`addHouseholdMember` → `Add household member`."""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: " " + letter[0].lower(), operation).capitalize()
