"""One transaction per request, committed before the answer leaves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessNotes
from shared.auth.principal import Principal
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.http.kit import state_of
from shared.messaging.outbox.writer import Outbox


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Dependency, only as `Depends(transaction, scope="function")`: what the route commits before it answers.

    Any exception rolls back. With another scope the connection would be held until the answer has left.
    """
    state = state_of(request)
    if state.session is not None:  # a second attempt of the same request
        yield state.session
        return
    async with state.kit.database.session(state.caller) as session:
        state.session = session
        try:
            yield session
        finally:
            state.session = None


Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What the use cases get from the HTTP door; has the shape of `shared.service.UseCaseContext`."""

    session: AsyncSession
    clock: Clock
    outbox: Outbox
    crypto: Crypto
    access: AccessNotes
    principal: Principal
    request_id: str


async def request_context(request: Request, session: Transaction) -> RequestContext:
    """Dependency: built once per request."""
    state = state_of(request)
    return RequestContext(
        session=session,
        clock=state.kit.clock,
        outbox=state.outbox,
        crypto=state.kit.crypto,
        access=state.notes,
        principal=state.principal,
        request_id=state.request_id,
    )


Context = Annotated[RequestContext, Depends(request_context)]
