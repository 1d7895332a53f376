"""Strong entity tags out of an aggregate's version, and the precondition of a change."""

import re
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from shared.db.compare_and_set import Seen
from shared.errors import FieldError, Invalid, PreconditionRequired
from shared.http.kit import kit_of

ETAG: dict[str, Any] = {
    "schema": {"type": "string"},
    "description": "版本 of what is shown, for `If-Match` and `If-None-Match`",
}
LOCATION: dict[str, Any] = {"schema": {"type": "string"}, "description": "位置 path of what was made"}


def tagged(status: int = 200, *, location: bool = False) -> dict[int | str, dict[str, Any]]:
    """`responses=` of an endpoint whose success carries an `ETag`, and with `location` also a `Location`."""
    return {status: {"headers": {"ETag": ETAG, **({"Location": LOCATION} if location else {})}}}


_TAG = re.compile(r'^(W/)?"(?:([0-9]{1,18})(?:[.][a-z0-9_.-]{1,40})?|[\x21\x23-\x7e\x80-\xff]*)"$')


def etag_of(version: int, *facets: str) -> str:
    """The tag of a representation. `facets` tell representations of one version apart: `masked`, `full`."""
    return f'"{".".join((str(version), *facets))}"'


def versions_in(header: str, *, weakened: bool) -> Seen:
    """The versions that an `If-Match` names, None for `*` (any version, RFC 9110 §13.1.1).

    The comparison is strong: a weak tag names nothing, unless `weakened` says that a proxy of this county makes tags
    weak on their way. Nor does a tag that is not ours. Raises `Invalid` for what is no list of entity tags.
    """
    if header.strip() == "*":
        return None
    tags = [_TAG.match(tag.strip()) for tag in header.split(",") if tag.strip()]
    if not tags or None in tags:
        raise Invalid(errors=[FieldError("header.if-match", "etag_malformed", "应为读取时返回的版本标记，原样带回")])
    return frozenset(int(tag[2]) for tag in tags if tag and tag[2] and (weakened or not tag[1]))


async def if_match(
    request: Request,
    if_match: Annotated[
        str | None, Header(description="所见版本 ETag of the version that the caller saw", max_length=200)
    ] = None,
) -> Seen:
    """Dependency: the versions that the caller means to change, None for any (`*`).

    Raises `PreconditionRequired` without the header, `Invalid` for what is no list of entity tags.
    """
    if if_match is None:
        raise PreconditionRequired
    return _versions(request, if_match)


async def expected_version(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(description="所见版本 ETag of the version that the caller saw; may be left out", max_length=200),
    ] = None,
) -> Seen:
    """Dependency: the versions that the caller may have seen, None if the caller does not say."""
    return None if if_match is None else _versions(request, if_match)


async def named_version(
    request: Request,
    if_match: Annotated[
        str | None, Header(description="所见版本 ETag of the version that the caller saw; `*` is none", max_length=200)
    ] = None,
) -> Seen:
    """Dependency of a step that goes back one more each time it is taken: the versions that the caller saw.

    Raises as `if_match`, and `PreconditionRequired` for `*` as well: sent twice, it would go back twice.
    """
    seen = None if if_match is None else _versions(request, if_match)
    if seen is None:
        raise PreconditionRequired
    return seen


def _versions(request: Request, header: str) -> Seen:
    return versions_in(header, weakened=kit_of(request).settings.weakened_etags)


IfMatch = Annotated[Seen, Depends(if_match)]
Expected = Annotated[Seen, Depends(expected_version)]
NamedVersion = Annotated[Seen, Depends(named_version)]
