"""Matters (一件事办件) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.cases.domain.refusals import (
    CaseHeldElsewhere,
    CaseTransitionError,
    ExtractForOtherUse,
    ExtractRefused,
    ExtractUsed,
    ItemDoesNotAccept,
    MaterialNotDeferrable,
    PromiseWrong,
    UnknownCounter,
)
from services.services_hall.deps import Hall
from services.services_hall.packages.domain import (
    ItemNotInPackage,
    MatterNotDecided,
    PackageTransitionError,
    SharedMaterialUnknown,
)
from services.services_hall.packages.models import Matter
from services.services_hall.packages.schemas import (
    CheckSharedMaterial,
    MatterCount,
    MatterDetailView,
    MatterView,
    OpenMatter,
    UndoMatter,
)
from shared.contracts.envelope import AreaCode
from shared.errors import NotYet
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["packages"])

MatterId = Annotated[UUID, Path(description="一件事办件标识 id of the matter")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only matters of counters in this area")]
OPENING = (UnknownCounter, ItemDoesNotAccept, ExtractRefused, ExtractForOtherUse, ExtractUsed, NotYet)


@router.post(
    "/matters",
    **creates(
        "openMatter",
        "提交一件事",
        "一次申请“一件事”中的几个事项，每个事项各成一件，材料共用，由牵头部门统一答复。",
        permission="case.submit",
        refuses=(*OPENING, ItemNotInPackage, PackageTransitionError),
    ),
)
async def open_(body: OpenMatter, response: Response, principal: Authorised, _: MinPosition, hall: Hall) -> MatterView:
    """Bring a matter at a counter."""
    matter = await hall.matters.open(principal, body.package_id, body.items, body.submission())
    return _answer(matter, response)


@router.get(
    "/matters",
    **reads(
        "listMatters", "一件事办件列表", "您授权范围内的；查看会记入访问记录。", permission="case.read", refusals=()
    ),
)
async def list_matters(page: PageQuery, principal: Authorised, hall: Hall, area: AreaFilter = None) -> Page[MatterView]:
    """Matters in the caller's scope; each is noted in the access log."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await hall.matters.page(principal, area=area, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[MatterView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/matters/count",
    **reads("countMatters", "一件事办件计数", "按相同范围，列表共有多少件。", permission="case.read", refusals=()),
)
async def count(principal: Authorised, hall: Hall, area: AreaFilter = None) -> MatterCount:
    """How many the list has in all."""
    return MatterCount(count=await hall.matters.count(principal, area=area))


@router.get(
    "/matters/{id}",
    **reads("getMatter", "查询一件事办件", "一件及其各事项的结果。", permission="case.read", etag=True),
)
async def read(id: MatterId, response: Response, principal: Authorised, hall: Hall) -> MatterDetailView:
    """A matter with its cases."""
    detail = await hall.matters.read(principal, id)
    response.headers["ETag"] = etag_of(detail.matter.version)
    return MatterDetailView.of(detail)


@router.post(
    "/matters/{id}/check-material",
    **step(
        "checkSharedMaterial",
        "核对共用材料",
        "共用材料只收一次：核对后，凡需要它的各事项同时登记。",
        permission="case.submit",
        refuses=(SharedMaterialUnknown, CaseTransitionError, CaseHeldElsewhere, MaterialNotDeferrable, PromiseWrong),
    ),
)
async def check_material(
    id: MatterId,
    body: CheckSharedMaterial,
    expected: Expected,
    response: Response,
    principal: Authorised,
    hall: Hall,
) -> MatterView:
    """A shared material is checked off in each case that wants it."""
    matter = await hall.matters.check_material(principal, id, number=body.number, status=body.status, expected=expected)
    return _answer(matter, response)


@router.post(
    "/matters/{id}/answer",
    **step(
        "answerMatter",
        "统一答复",
        "各事项都有结果后，由牵头部门统一答复。",
        permission="case.decide",
        refuses=(PackageTransitionError, MatterNotDecided),
    ),
)
async def answer(id: MatterId, expected: Expected, response: Response, principal: Authorised, hall: Hall) -> MatterView:
    """One answer, by who leads."""
    return _answer(await hall.matters.answer(principal, id, expected=expected), response)


@router.post(
    "/matters/{id}/withdraw",
    **step(
        "withdrawMatter",
        "撤回一件事",
        "申请人撤回尚未作出决定的各事项。",
        permission="case.submit",
        refuses=(PackageTransitionError, CaseTransitionError, CaseHeldElsewhere),
    ),
)
async def withdraw(
    id: MatterId, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> MatterView:
    """The applicant takes back what is not decided."""
    return _answer(await hall.matters.withdraw(principal, id, expected=expected), response)


@router.post(
    "/matters/{id}/undo",
    **step(
        "undoMatter",
        "撤销统一答复或撤回",
        "答复或撤回录入有误的，撤销后恢复办理，过程都保留；随之撤回的各件逐件撤销。须用 `If-Match` 指明所见版本。",
        permission="case.submit",
        refusals=(404, 409, 412, 428),
        refuses=(PackageTransitionError,),
    ),
)
async def undo(
    id: MatterId,
    body: UndoMatter,
    expected: NamedVersion,
    response: Response,
    principal: Authorised,
    hall: Hall,
) -> MatterView:
    """The answer, or the withdrawal, is taken back."""
    return _answer(await hall.matters.undo(principal, id, reason=body.reason, expected=expected), response)


def _answer(matter: Matter, response: Response) -> MatterView:
    response.headers["ETag"] = etag_of(matter.version)
    return MatterView.model_validate(matter)
