"""Who is at work, and absences, over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.deps import Hall
from services.services_hall.tasks.domain import (
    AbsenceDaysWrong,
    AbsenceKnown,
    AbsenceOver,
    AbsenceToOneself,
    OfficerAbsent,
    OfficerNotOnPost,
)
from services.services_hall.tasks.models import Absence, OfficerPost
from services.services_hall.tasks.schemas import (
    AbsencesView,
    AbsenceView,
    OfficerPostsView,
    OfficerPostView,
    RecordAbsence,
)
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["tasks"])

AbsenceId = Annotated[UUID, Path(description="离岗标识 id of the absence")]


@router.get(
    "/officers",
    **reads(
        "listOfficers",
        "在岗人员",
        "今天可承办某地某部门待办的在岗人员。",
        permission="case.read",
    ),
)
async def officers(
    principal: Authorised,
    hall: Hall,
    area: Annotated[AreaCode, Query(description="区划代码 area of the office")],
    department: Annotated[CodeWord, Query(description="部门 department of the office")],
) -> OfficerPostsView:
    """Who may be given what waits there."""
    return _posts(await hall.officers.at(principal, area, department))


@router.post(
    "/officers/sign-on",
    **creates(
        "signOn",
        "上岗签到",
        "在您的各个岗位签到，三十天内可被分派待办；再次签到以最近一次为准。",
        permission="case.handle",
        scope="own",
        refusals=(),
        status=200,
        etag=False,
    ),
)
async def sign_on(principal: Authorised, hall: Hall) -> OfficerPostsView:
    """Sign on at every post of the caller at a counter."""
    return _posts(await hall.officers.sign_on(principal))


@router.post(
    "/officers/sign-off",
    **creates(
        "signOff",
        "离岗签退",
        "不再被分派待办；已承办的不变。",
        permission="case.handle",
        scope="own",
        refusals=(),
        status=200,
        etag=False,
    ),
)
async def sign_off(principal: Authorised, hall: Hall) -> OfficerPostsView:
    """Sign off: nothing is given to the caller any more."""
    return _posts(await hall.officers.sign_off(principal))


@router.get(
    "/absences",
    **reads(
        "listAbsences",
        "离岗安排",
        "您本人的，以及您可分派人员的未结束的离岗安排。",
        permission="case.handle",
        refusals=(),
    ),
)
async def absences(principal: Authorised, hall: Hall) -> AbsencesView:
    """Absences that are planned or have begun."""
    return AbsencesView(items=[AbsenceView.model_validate(one) for one in await hall.absences.open(principal)])


@router.post(
    "/absences",
    **creates(
        "recordAbsence",
        "登记离岗代班",
        "离岗期间，待办自动移交代班人，代班人无权办理的退回待办池；期满自动交回。",
        permission="case.handle",
        refuses=(AbsenceDaysWrong, AbsenceToOneself, AbsenceKnown, OfficerNotOnPost, OfficerAbsent),
    ),
)
async def record(body: RecordAbsence, principal: Authorised, hall: Hall, response: Response) -> AbsenceView:
    """离岗: the officer's tasks go to who stands in, from the first day on."""
    given = (body.officer, body.substitute, body.from_on, body.until_on)
    return _view(await hall.absences.record(principal, *given), response)


@router.post(
    "/absences/{id}/end",
    **step(
        "endAbsence",
        "结束离岗",
        "提前结束进行中的离岗，尚未办完的交回；未开始的即撤回。",
        permission="case.handle",
        refuses=(AbsenceOver,),
    ),
)
async def end(id: AbsenceId, expected: Expected, principal: Authorised, hall: Hall, response: Response) -> AbsenceView:
    """结束: what still waits comes back; one that has not begun is withdrawn."""
    return _view(await hall.absences.end(principal, id, expected=expected), response)


def _posts(found: Sequence[OfficerPost]) -> OfficerPostsView:
    shown = ("officer", "role", "area", "signed_on_at")
    items = [
        OfficerPostView(**{name: getattr(one, name) for name in shown}, department=one.department or None)
        for one in found
    ]
    return OfficerPostsView(items=items)


def _view(one: Absence, response: Response) -> AbsenceView:
    response.headers["ETag"] = etag_of(one.version)
    return AbsenceView.model_validate(one)
