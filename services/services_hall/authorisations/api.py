"""Authorisations of agents (代办委托) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.authorisations.domain import (
    AuthorisationAgentWrong,
    AuthorisationDatesWrong,
    AuthorisationGuardianNeeded,
    AuthorisationNothingToUndo,
    AuthorisationTransitionError,
    AuthorisationUsed,
)
from services.services_hall.authorisations.models import Authorisation
from services.services_hall.authorisations.schemas import (
    AuthorisationCount,
    AuthorisationView,
    RecordAuthorisation,
    RevokeAuthorisation,
)
from services.services_hall.authorisations.service import CARRY, READ
from services.services_hall.deps import Hall
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["authorisations"])

AuthorisationId = Annotated[UUID, Path(description="委托标识 id of the authorisation")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only of cases in this area")]
CaseFilter = Annotated[UUID | None, Query(description="办件标识 only of this case")]


def _view(one: Authorisation, response: Response) -> AuthorisationView:
    response.headers["ETag"] = etag_of(one.version)
    return AuthorisationView.model_validate(one)


@router.post(
    "/authorisations",
    **creates(
        "recordAuthorisation",
        "登记代办委托",
        "登记申请人书面签署的代办委托：哪名代办员、哪些事项、签署日。代办不收费。",
        permission=CARRY,
        refuses=(AuthorisationDatesWrong, AuthorisationAgentWrong, AuthorisationGuardianNeeded),
    ),
)
async def record(body: RecordAuthorisation, principal: Authorised, hall: Hall, response: Response) -> AuthorisationView:
    """Record what an applicant has signed."""
    return _view(await hall.authorisations.record(principal, body.new()), response)


@router.get(
    "/authorisations",
    **reads(
        "listAuthorisations",
        "代办委托列表",
        "您授权范围内的代办委托；查看会记入访问记录。",
        permission=READ,
        refusals=(),
    ),
)
async def page(
    page: PageQuery, principal: Authorised, hall: Hall, area: AreaFilter = None, case: CaseFilter = None
) -> Page[AuthorisationView]:
    """Authorisations in the caller's scope."""
    after = UUID(page.after[0]) if page.after else None
    found = await hall.authorisations.page(principal, area, case, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.id,))
    return Page(items=[AuthorisationView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/authorisations/count",
    **reads("countAuthorisations", "代办委托计数", "按相同范围和条件，列表共有多少条。", permission=READ, refusals=()),
)
async def count(
    principal: Authorised, hall: Hall, area: AreaFilter = None, case: CaseFilter = None
) -> AuthorisationCount:
    """How many the list has in all."""
    return AuthorisationCount(count=await hall.authorisations.count(principal, area, case))


@router.get(
    "/authorisations/{id}",
    **reads("getAuthorisation", "查询代办委托", "一份代办委托；查看会记入访问记录。", permission=READ, etag=True),
)
async def read(id: AuthorisationId, principal: Authorised, hall: Hall, response: Response) -> AuthorisationView:
    """One authorisation."""
    return _view(await hall.authorisations.read(principal, id), response)


@router.post(
    "/authorisations/{id}/revoke",
    **step(
        "revokeAuthorisation",
        "撤销委托",
        "申请人不再委托：尚未送达的代办件随之终止，原件须归还。",
        permission=CARRY,
        refuses=(AuthorisationTransitionError, AuthorisationDatesWrong),
    ),
)
async def revoke(
    id: AuthorisationId,
    body: RevokeAuthorisation,
    expected: Expected,
    principal: Authorised,
    hall: Hall,
    response: Response,
) -> AuthorisationView:
    """The applicant revoked it."""
    gone = await hall.authorisations.revoke(principal, id, on=body.revoked_on, expected=expected)
    return _view(gone, response)


@router.post(
    "/authorisations/{id}/annul",
    **step(
        "annulAuthorisation",
        "作废代办委托",
        "登记有误、尚未据此代办的，作废。",
        permission=CARRY,
        refuses=(AuthorisationTransitionError, AuthorisationUsed),
    ),
)
async def annul(
    id: AuthorisationId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AuthorisationView:
    """It was recorded by mistake."""
    return _view(await hall.authorisations.annul(principal, id, expected=expected), response)


@router.post(
    "/authorisations/{id}/undo",
    **step(
        "undoAuthorisation",
        "撤销委托操作",
        "撤销误登的撤销或作废，随之终止的代办件恢复办理；须用 `If-Match` 指明所见版本。",
        permission=CARRY,
        refusals=(404, 409, 412, 428),
        refuses=(AuthorisationNothingToUndo,),
    ),
)
async def undo(
    id: AuthorisationId, expected: NamedVersion, principal: Authorised, hall: Hall, response: Response
) -> AuthorisationView:
    """Take the last step back."""
    return _view(await hall.authorisations.undo(principal, id, expected=expected), response)
