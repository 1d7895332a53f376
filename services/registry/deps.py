"""What endpoints are given: registry's use cases in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.registry.wiring import UseCases, use_cases
from shared.http.transaction import Context


async def _registry(request: Request, context: Context) -> UseCases:
    return use_cases(context, writer=request.app.state.extract_writer, transfers=request.app.state.transfer_policy)


Registry = Annotated[UseCases, Depends(_registry)]
