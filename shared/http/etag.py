"""Strong entity tags out of an aggregate's version, and the precondition of a change."""

import re
from typing import Annotated, Any

from fastapi import Depends, Header

from shared.errors import PreconditionRequired, VersionMismatch

ETAG: dict[str, Any] = {
    "schema": {"type": "string"},
    "description": "version of what is shown, for `If-Match` and `If-None-Match`",
}
LOCATION: dict[str, Any] = {"schema": {"type": "string"}, "description": "path of what was made"}


def tagged(status: int = 200, *, location: bool = False) -> dict[int | str, dict[str, Any]]:
    """`responses=` of an endpoint whose success carries an `ETag`, and with `location` also a `Location`."""
    return {status: {"headers": {"ETag": ETAG, **({"Location": LOCATION} if location else {})}}}


_TAG = re.compile(r'^"(\d{1,18})(?:[.][a-z0-9_.-]{1,40})?"$')


def etag_of(version: int, *facets: str) -> str:
    """The tag of a representation. `facets` tell representations of one version apart: `masked`, `full`."""
    return f'"{".".join((str(version), *facets))}"'


async def if_match(
    if_match: Annotated[
        str | None, Header(description="ETag of the version that the caller saw", max_length=200)
    ] = None,
) -> int:
    """Dependency: the version that the caller means to change.

    Raises `PreconditionRequired` without the header, `VersionMismatch` for anything but one strong tag of ours.
    """
    if if_match is None:
        raise PreconditionRequired
    return _version_of(if_match)


def _version_of(header: str) -> int:
    found = _TAG.match(header.strip())
    if found is None:
        raise VersionMismatch
    return int(found[1])


IfMatch = Annotated[int, Depends(if_match)]


async def expected_version(
    if_match: Annotated[
        str | None, Header(description="ETag of the version that the caller saw; may be left out", max_length=200)
    ] = None,
) -> int | None:
    """Dependency: the version that the caller saw, None if the caller does not say. Raises `VersionMismatch`."""
    return None if if_match is None else _version_of(if_match)


Expected = Annotated[int | None, Depends(expected_version)]
