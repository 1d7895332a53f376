"""What cases change in the register (登记事项) over HTTP."""

from fastapi import APIRouter, Response

from services.services_hall.case_effects.domain import (
    CaseEffectNotRefused,
    CaseHasNoEffect,
    EffectDayWrong,
    EffectPlaceWrong,
)
from services.services_hall.cases.api.answers import MOVING, CaseId, answer
from services.services_hall.cases.schemas.bodies import EnterCaseEffect
from services.services_hall.cases.schemas.views import CaseView
from services.services_hall.deps import Hall
from shared.http.endpoint import step
from shared.http.etag import Expected
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["cases"])


@router.post(
    "/cases/{id}/enter-effect",
    **step(
        "enterCaseEffect",
        "填写登记事项",
        "决定前填写准予后在底册登记的地点和起始日；不填写的按事项规定（受理地、决定日）。",
        permission="case.handle",
        refuses=(*MOVING, CaseHasNoEffect, EffectPlaceWrong, EffectDayWrong),
    ),
)
async def enter(
    id: CaseId, body: EnterCaseEffect, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """Enter place and first day of what the register changes if the case is granted."""
    return await answer(
        hall,
        await hall.case_registering.enter(principal, id, area=body.area, starts_on=body.starts_on, expected=expected),
        response,
    )


@router.post(
    "/cases/{id}/ask-effect",
    **step(
        "askCaseEffect",
        "再次提请登记",
        "底册不予办理的，在底册处理后再次提请；登记地或起始日有误的，请撤销决定，更正后重新决定。",
        permission="case.handle",
        refuses=(*MOVING, CaseHasNoEffect, CaseEffectNotRefused),
    ),
)
async def ask(id: CaseId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> CaseView:
    """Ask registry once more for what it refused."""
    return await answer(hall, await hall.case_registering.ask_again(principal, id, expected=expected), response)
