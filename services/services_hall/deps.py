"""What endpoints are given: the hall's use cases in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.services_hall.wiring import UseCases, use_cases
from shared.http.kit import kit_of
from shared.http.transaction import Context


async def _hall(request: Request, context: Context) -> UseCases:
    lists = kit_of(request).code_lists
    return use_cases(
        context,
        extracts=request.app.state.extract_reader,
        departments=lists["departments"].names,
        categories=lists["item_categories"].names,
        address=request.app.state.public_address,
        forward_days=request.app.state.agency_forward_days,
        rectification_days=request.app.state.rectification_days,
    )


Hall = Annotated[UseCases, Depends(_hall)]
