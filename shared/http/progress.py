"""Progress of long work as it happens: server-sent events (WHATWG HTML, 9.2), until the job is over.

Each event carries the whole state, so that a client which comes back misses nothing. The answer ends when the token
does by which it was asked for. Who cannot listen asks again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import Receive, Scope, Send

from shared.http.kit import Kit, RequestState

LOOK = 0.5
"""Seconds between two looks at the job."""
PING = 15.0
"""Seconds after which a line without a meaning keeps the connection open."""
LONGEST = 600.0
"""Seconds after which the answer ends; the client comes back by itself."""
RETRY = 2_000
"""Milliseconds after which a client that was cut off comes back."""

Look = Callable[[AsyncSession], Awaitable[tuple[BaseModel, bool]]]
"""The state to be shown, and whether it is the last. Raises a refusal if there is nothing to be seen any more."""


class Progress(StreamingResponse):
    """An answer that goes on; of one caller so many at a time as `Kit.streams` lets."""

    media_type = "text/event-stream"

    def __init__(self, state: RequestState, look: Look) -> None:
        super().__init__(events(state.kit, look, until=state.principal.expires_at), headers={"x-accel-buffering": "no"})
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._state.kit.streams.one_of(self._state.caller):
            await super().__call__(scope, receive, send)


async def events(kit: Kit, look: Look, *, until: float | None = None) -> AsyncIterator[bytes]:
    """The events of one answer. No connection to the database is held between two looks.

    `until`: the time, in seconds since 1970, from which nothing more is told; None: none.
    """
    loop = asyncio.get_running_loop()
    begun = spoken = loop.time()
    yield b"retry: %d\n\n" % RETRY
    last: Any = None
    number = 0
    while not kit.draining and loop.time() - begun < LONGEST:
        if until is not None and kit.clock.now().timestamp() > until:
            return
        async with kit.database.session() as session:
            state, final = await look(session)
        shown = state.model_dump_json()
        if shown != last:
            last, number, spoken = shown, number + 1, loop.time()
            yield f"event: {'end' if final else 'progress'}\nid: {number}\ndata: {shown}\n\n".encode()
        elif loop.time() - spoken > PING:
            spoken = loop.time()
            yield b": \n\n"
        if final:
            return
        await asyncio.sleep(LOOK)
