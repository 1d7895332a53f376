"""What endpoints are given: registry's use cases in the request's transaction; and what the person's own doors ask."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from services.registry.wiring import UseCases, use_cases
from shared.http.kit import state_of
from shared.http.limits import rate_limited
from shared.http.security import Authorised
from shared.http.transaction import Context


async def _registry(request: Request, context: Context) -> UseCases:
    state = request.app.state
    return use_cases(
        context,
        writer=state.extract_writer,
        transfers=state.transfer_policy,
        corrections=state.correction_policy,
        freshness=state.freshness,
    )


Registry = Annotated[UseCases, Depends(_registry)]

ProofId = Annotated[UUID, Path(description="核验标识 id of the proof by which the person is served")]


async def _still_mine(request: Request, principal: Authorised, registry: Registry) -> None:
    """A stored answer is given again only to a login that is bound to whom it shows."""
    state_of(request).again = partial(registry.own_data.require_shown, principal)


async def _still_serving(request: Request, id: ProofId, registry: Registry) -> None:
    """A stored answer is given again at a counter only while its proof serves."""
    state_of(request).again = partial(registry.own_data.require_serving, id)


LIMITED = [Depends(rate_limited("own_data"))]
"""`also=` of whatever a person reads or asks for, alone or at a counter."""
MINE = [*LIMITED, Depends(_still_mine)]
"""The same of what a person changes by the own login."""
SERVING_STILL = [*LIMITED, Depends(_still_serving)]
"""The same of what is changed at a counter by a proof."""
