"""What endpoints are given."""

from typing import Annotated

from fastapi import Depends, Request

from services.services_hall.cases.service.cases import Cases
from services.services_hall.items.service import Items
from services.services_hall.wiring import UseCases, use_cases
from shared.auth.principal import Principal
from shared.crypto.extracts import ExtractVerifier
from shared.http.kit import kit_of
from shared.http.security import authorise
from shared.http.transaction import Context

Authorised = Annotated[Principal, Depends(authorise)]


async def _use_cases(request: Request, context: Context) -> UseCases:
    return use_cases(context, extracts=ExtractVerifier.parse(kit_of(request).settings.extract_public_keys))


async def _items(wired: Annotated[UseCases, Depends(_use_cases)]) -> Items:
    return wired.items


async def _cases(wired: Annotated[UseCases, Depends(_use_cases)]) -> Cases:
    return wired.cases


ItemsUse = Annotated[Items, Depends(_items)]
CasesUse = Annotated[Cases, Depends(_cases)]
