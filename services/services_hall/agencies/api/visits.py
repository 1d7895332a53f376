"""Home visits of agencies (上门代办)."""

from fastapi import APIRouter, Response

from services.services_hall.agencies.api.answers import OF_THE_AGENT, AgencyId, view
from services.services_hall.agencies.domain import (
    CARRY,
    AgencyDatesWrong,
    AgencyNotYours,
    AgencyTransitionError,
    VisitNotArranged,
    VisitNotDue,
    VisitPending,
    VisitsTooMany,
    VisitToErased,
)
from services.services_hall.agencies.schemas import AgencyView, ArrangeVisit, MakeVisit, VisitAddress
from services.services_hall.deps import Hall
from shared.http.endpoint import reads, step
from shared.http.etag import Expected
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["agencies"])


@router.post(
    "/agencies/{id}/arrange-visit",
    **step(
        "arrangeAgencyVisit",
        "预约上门",
        "约定上门日和地址；地址加密保存，上门日当天才显示。",
        permission=CARRY,
        refuses=(*OF_THE_AGENT, VisitPending, VisitsTooMany, AgencyDatesWrong, VisitToErased),
    ),
)
async def arrange(
    id: AgencyId, body: ArrangeVisit, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """Arrange a home visit."""
    on, address = body.visit_on, body.address
    arranged = await hall.home_visits.arrange(principal, id, on=on, address=address, expected=expected)
    return view(arranged, response)


@router.post(
    "/agencies/{id}/visit",
    **step(
        "makeAgencyVisit",
        "登记上门",
        "预约的上门已经办理。",
        permission=CARRY,
        refuses=(*OF_THE_AGENT, VisitNotArranged, AgencyDatesWrong),
    ),
)
async def visit(
    id: AgencyId, body: MakeVisit, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgencyView:
    """The visit was made."""
    return view(await hall.home_visits.visit(principal, id, on=body.visited_on, expected=expected), response)


@router.post(
    "/agencies/{id}/cancel-visit",
    **step(
        "cancelAgencyVisit",
        "取消上门",
        "预约的上门不再办理。",
        permission=CARRY,
        refuses=(AgencyTransitionError, VisitNotArranged),
    ),
)
async def cancel(id: AgencyId, expected: Expected, principal: Authorised, hall: Hall, response: Response) -> AgencyView:
    """The visit is called off."""
    return view(await hall.home_visits.cancel(principal, id, expected=expected), response)


@router.post(
    "/agencies/{id}/visit-address",
    **reads(
        "readAgencyVisitAddress",
        "查看上门地址",
        "自上门日起、上门办理之前，由承办的代办员查看；每次记入访问记录。",
        permission=CARRY,
        refuses=(AgencyNotYours, VisitNotDue),
    ),
)
async def address(id: AgencyId, principal: Authorised, hall: Hall) -> VisitAddress:
    """The door of the visit that is due."""
    return VisitAddress(address=await hall.home_visits.address(principal, id))
