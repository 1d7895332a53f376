"""Read-your-writes: `min_position` makes a read wait until this service has the versions of a write."""

import asyncio
from typing import Annotated, ClassVar

from fastapi import Depends, Query, Request

from shared.errors import DomainError, ErrorKind
from shared.http.kit import RequestState, state_of
from shared.messaging.outbox.position import MAX_TEXT, Position
from shared.messaging.projection.states import reached

PATIENCE = 5.0
"""Seconds that a reader is kept waiting."""
FIRST_PAUSE = 0.01
LONGEST_PAUSE = 0.1


class NotYet(DomainError):
    """Refusal: the states of the position did not arrive here in time."""

    kind: ClassVar = ErrorKind.UNAVAILABLE
    code: ClassVar = "not_yet"
    title: ClassVar = "数据尚未同步到位，请稍后重试"
    advice: ClassVar = "请稍候再试"


async def min_position(
    request: Request,
    min_position: Annotated[
        str | None,
        Query(description="`Xiangli-Position` of a write that the answer must have seen", max_length=MAX_TEXT),
    ] = None,
) -> None:
    """Dependency: returns when the position is reached. Raises `NotYet` after five seconds, `InvalidPosition`."""
    if not min_position:
        return
    state = state_of(request)
    position = Position.parse(min_position)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    pause = FIRST_PAUSE
    while not await _reached(state, position):
        if loop.time() + pause > deadline:
            raise NotYet(retry_after=1)
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)


async def _reached(state: RequestState, position: Position) -> bool:
    """One look. Between looks no connection is held, unless the endpoint opened its transaction before."""
    kit = state.kit
    if state.session is not None:
        return await reached(state.session, position, kit.projects)
    async with kit.database.session() as session:
        return await reached(session, position, kit.projects)


MinPosition = Annotated[None, Depends(min_position)]
