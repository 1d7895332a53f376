"""What endpoints are given: grid's use cases in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.grid.wiring import UseCases, use_cases
from shared.files.service import Files
from shared.http.kit import kit_of
from shared.http.transaction import Context


async def _grid(request: Request, context: Context) -> UseCases:
    kit = kit_of(request)
    return use_cases(
        context,
        index=request.app.state.grid_index,
        departments=kit.code_lists["departments"].names,
        policy=request.app.state.incident_policy,
        photos=Files(kit.archive, context.session, context.access, context.principal),
        public=request.app.state.public_report_policy,
    )


Grid = Annotated[UseCases, Depends(_grid)]
