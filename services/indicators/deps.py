"""What endpoints are given: the caller, and the use cases of indicators in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.indicators.wiring import UseCases, use_cases
from shared.auth.principal import Principal
from shared.http.kit import kit_of
from shared.http.security import authorise
from shared.http.transaction import Context


async def _indicators(request: Request, context: Context) -> UseCases:
    kit = kit_of(request)
    return use_cases(context, reader=kit.settings.group(kit.spec.name))


Authorised = Annotated[Principal, Depends(authorise)]
Indicators = Annotated[UseCases, Depends(_indicators)]
