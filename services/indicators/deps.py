"""What endpoints are given."""

from typing import Annotated

from fastapi import Depends, Request

from services.indicators.figures.service import Figures
from services.indicators.rebuilds.service import Rebuilds
from services.indicators.wiring import UseCases, use_cases
from shared.auth.principal import Principal
from shared.http.kit import kit_of
from shared.http.security import authorise
from shared.http.transaction import Context

Authorised = Annotated[Principal, Depends(authorise)]


async def _use_cases(request: Request, context: Context) -> UseCases:
    return use_cases(context, reader=kit_of(request).settings.group(kit_of(request).spec.name))


async def _figures(wired: Annotated[UseCases, Depends(_use_cases)]) -> Figures:
    return wired.figures


FiguresUse = Annotated[Figures, Depends(_figures)]


async def _rebuilds(wired: Annotated[UseCases, Depends(_use_cases)]) -> Rebuilds:
    return wired.rebuilds


RebuildsUse = Annotated[Rebuilds, Depends(_rebuilds)]
