"""What endpoints are given: the caller, and registry's use cases in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.registry.wiring import UseCases, use_cases
from shared.auth.principal import Principal
from shared.http.security import authorise
from shared.http.transaction import Context


async def _registry(request: Request, context: Context) -> UseCases:
    return use_cases(context, signer=request.app.state.extract_signer)


Authorised = Annotated[Principal, Depends(authorise)]
Registry = Annotated[UseCases, Depends(_registry)]
