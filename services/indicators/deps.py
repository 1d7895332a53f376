"""What endpoints are given: the use cases of indicators in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.indicators.wiring import UseCases, use_cases
from shared.http.kit import kit_of
from shared.http.transaction import Context


async def _indicators(request: Request, context: Context) -> UseCases:
    kit = kit_of(request)
    return use_cases(context, reader=kit.settings.group(kit.spec.name))


Indicators = Annotated[UseCases, Depends(_indicators)]
