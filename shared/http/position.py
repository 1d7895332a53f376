"""Read-your-writes: `min_position` makes a request wait until this service has the versions of a write.

The route waits, after it admitted the caller and before anything else: before the body is read, and before a
transaction, a connection, a lock or an idempotency key is taken, whatever the order of an endpoint's dependencies.
"""

from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant

from shared.http.kit import RequestState
from shared.messaging.outbox.position import MAX_TEXT


async def min_position(
    min_position: Annotated[
        str | None,
        Query(description="位置标记 `Xiangli-Position` of a write that the answer must have seen", max_length=MAX_TEXT),
    ] = None,
) -> None:
    """Dependency by which an endpoint says that it takes a position. The waiting is over when it is called."""


MinPosition = Annotated[None, Depends(min_position)]


def takes_position(dependant: Dependant) -> bool:
    """Whether an endpoint takes a position, itself or one of its dependencies."""
    return dependant.call is min_position or any(map(takes_position, dependant.dependencies))


async def await_position(request: Request, state: RequestState) -> None:
    """Wait for the position that the request names. Raises `InvalidPosition`, `NotYet`."""
    named = request.query_params.get("min_position")
    if named:
        await state.kit.lookout.wait(state.caller, state.kit.positions.open(named))
