"""Persons in a case over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.cases.api.answers import IDENTIFYING, MOVING, CaseId, answer
from services.services_hall.cases.domain.refusals import ApplicantStands, CaseHeldElsewhere, PersonsTooMany, ProofNeeded
from services.services_hall.cases.schemas.entering import AddCasePerson, Sight
from services.services_hall.cases.schemas.views import CasePersons, CasePersonView, CaseView
from services.services_hall.deps import Hall
from shared.auth.access_log import Purpose
from shared.errors import PurposeRequired
from shared.http.endpoint import reads, step
from shared.http.etag import Expected
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["cases"])

PersonId = Annotated[UUID, Path(description="当事人标识 id of somebody in this case")]


@router.get(
    "/cases/{id}/persons",
    **reads(
        "listCasePersons",
        "办件当事人",
        "申请人及其他当事人，姓名、证件号码和电话已遮盖；办理单位说明用途后可查看完整信息，查看会记入访问记录。",
        permission="case.read",
        refuses=(PurposeRequired, CaseHeldElsewhere),
    ),
)
async def list_(
    id: CaseId,
    principal: Authorised,
    hall: Hall,
    view: Annotated[Sight, Query(description="显示方式 masked, or full for a purpose")] = "masked",
    purpose: Annotated[Purpose | None, Query(description="用途 why they are looked at; kept in the access log")] = None,
) -> CasePersons:
    """Who stands in a case; each look is noted in the access log."""
    shown = await hall.case_persons.read(principal, id, full=view == "full", purpose=purpose)
    return CasePersons(items=[CasePersonView.model_validate(one) for one in shown])


@router.post(
    "/cases/{id}/persons",
    **step(
        "addCasePerson",
        "添加当事人",
        "添加代理人、监护人、家庭成员等当事人；代理人、监护人须有证明。",
        permission="case.submit",
        refuses=(
            *MOVING,
            *IDENTIFYING,
            ApplicantStands,
            ProofNeeded,
            PersonsTooMany,
        ),
    ),
)
async def add(
    id: CaseId, body: AddCasePerson, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """Somebody comes into the case, sealed."""
    return await answer(hall, await hall.case_persons.add(principal, id, body.new(), expected=expected), response)


@router.post(
    "/cases/{id}/persons/{person}/remove",
    **step("removeCasePerson", "移除当事人", "移除误加的当事人。", permission="case.submit", refuses=MOVING),
)
async def remove(
    id: CaseId, person: PersonId, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> CaseView:
    """Somebody does not belong into the case."""
    return await answer(hall, await hall.case_persons.remove(principal, id, person, expected=expected), response)
