"""One transaction per request, committed before the answer leaves."""

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


async def transaction(request: Request) -> AsyncSession:
    """Dependency: the session that the route commits before it answers, and ends whatever happens."""
    return state_of(request).begun()


Transaction = Annotated[AsyncSession, Depends(transaction)]


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
