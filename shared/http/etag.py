"""Strong entity tags out of an aggregate's version, and the precondition of a change."""

import re
from typing import Annotated

from fastapi import Depends, Header

from shared.errors import PreconditionRequired, VersionMismatch

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
    found = _TAG.match(if_match.strip())
    if found is None:
        raise VersionMismatch
    return int(found[1])


IfMatch = Annotated[int, Depends(if_match)]
