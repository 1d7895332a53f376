"""Which refusals an operation may answer with: what its route names, and what follows from how the route is built."""

from collections.abc import Callable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.auth.access_log import AccessLogUnavailable
from shared.auth.keys import IssuerAway
from shared.auth.tokens import TokenExpired, TokenTooLarge
from shared.errors import (
    CountyGrantNeeded,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    NotYet,
    PreconditionRequired,
    TooLarge,
    Unauthenticated,
    Unavailable,
    VersionMismatch,
)
from shared.http.endpoint import CODES_OF, access_of
from shared.http.errors import CODES
from shared.http.etag import expected_version, if_match, named_version
from shared.http.idempotency import KeyReused, RequestInFlight, idempotent
from shared.http.pagination import InvalidCursor, page_query
from shared.http.position import min_position
from shared.http.under_way import TooManyAtOnce
from shared.messaging.outbox.position import InvalidPosition

ALWAYS = (
    *(Unauthenticated, TokenExpired, TokenTooLarge, Forbidden, Invalid, TooManyAtOnce),
    *(Unavailable, IssuerAway, AccessLogUnavailable),
)
"""What every operation may answer: the door's own refusals."""

BY_DEPENDENCY: dict[Callable[..., Any], tuple[type[DomainError], ...]] = {
    if_match: (VersionMismatch, PreconditionRequired),
    named_version: (VersionMismatch, PreconditionRequired),
    expected_version: (VersionMismatch,),
    idempotent: (KeyReused, RequestInFlight, NotFound),  # a stored answer is judged again by today's grants
    page_query: (InvalidCursor,),
    min_position: (InvalidPosition, NotYet),
}
"""What a dependency of an endpoint refuses, besides what every endpoint does."""


def refusals_of(route: APIRoute) -> frozenset[str]:
    """The codes that an endpoint may answer with: those of its route, and those that follow from what it takes."""
    access = access_of(route)
    found = {kind.code for kind in ALWAYS} | {CODES[500]}
    found |= set((route.openapi_extra or {})[CODES_OF])
    if access.scope == "county":
        found.add(CountyGrantNeeded.code)
    if route.body_field is not None:
        found.add(TooLarge.code)
    for dependant in _with_all_below(route.dependant):
        if dependant.call is not None:
            found |= {kind.code for kind in BY_DEPENDENCY.get(dependant.call, ())}
        if any(parameter.alias == "area" for parameter in dependant.query_params):
            found.add(NotFound.code)  # somebody else's area is not there
    return frozenset(found)


def _with_all_below(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for below in dependant.dependencies:
        yield from _with_all_below(below)
