"""What endpoints ask for: the caller, and the use cases over the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.registry import wiring
from services.registry.extracts.service import Extracts
from services.registry.wiring import UseCases, use_cases
from shared.auth.principal import Principal
from shared.http.security import authorise
from shared.http.transaction import Context

Authorised = Annotated[Principal, Depends(authorise)]


async def registry(context: Context) -> UseCases:
    """Registry's use cases over this request's transaction."""
    return use_cases(context)


async def extracts(request: Request, context: Context) -> Extracts:
    """The use case that signs."""
    return wiring.extracts(context, request.app.state.extract_signer)


Registry = Annotated[UseCases, Depends(registry)]
SigningExtracts = Annotated[Extracts, Depends(extracts)]
