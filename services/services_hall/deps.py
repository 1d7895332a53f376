"""What endpoints are given: the caller, and the hall's use cases in the request's transaction."""

from typing import Annotated

from fastapi import Depends, Request

from services.services_hall.wiring import UseCases, use_cases
from shared.auth.principal import Principal
from shared.crypto.extracts import ExtractVerifier
from shared.http.kit import kit_of
from shared.http.security import authorise
from shared.http.transaction import Context


async def _hall(request: Request, context: Context) -> UseCases:
    return use_cases(context, extracts=ExtractVerifier.parse(kit_of(request).settings.extract_public_keys))


Authorised = Annotated[Principal, Depends(authorise)]
Hall = Annotated[UseCases, Depends(_hall)]
