"""What endpoints are given: registry's use cases in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.registry.wiring import UseCases, use_cases
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
