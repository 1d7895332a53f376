"""What endpoints are given: grid's use cases in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.grid.wiring import UseCases, use_cases
from shared.http.kit import kit_of
from shared.http.transaction import Context


async def _grid(request: Request, context: Context) -> UseCases:
    return use_cases(
        context,
        index=request.app.state.grid_index,
        departments=kit_of(request).code_lists["departments"].names,
    )


Grid = Annotated[UseCases, Depends(_grid)]
