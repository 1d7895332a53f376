"""Benefits over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.benefits.domain import BenefitEndWrong, BenefitStatus, BenefitTransitionRefused
from services.registry.benefits.schemas import BenefitCount, BenefitView, EndBenefit, KeepBenefit
from services.registry.benefits.service.benefits import ShownBenefit
from services.registry.deps import Registry
from services.registry.life_events.domain import PersonDeceased, PersonNotActive
from services.registry.tags.domain import TagAlreadyOpen, TagDatesWrong, TagDoesNotFit
from shared.contracts.county.lists import ListKind
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, IfMatch, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["benefits"])

BenefitId = Annotated[UUID, Path(description="待遇标识 id of the benefit")]
Area = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of the persons")]
OfKind = Annotated[ListKind | None, Query(description="名单类别 only benefits of this kind")]
InStatus = Annotated[BenefitStatus | None, Query(description="状态 only those that stand there")]

REOPENING = (TagAlreadyOpen, TagDatesWrong, TagDoesNotFit, PersonDeceased, PersonNotActive)


@router.get(
    "/benefits",
    **reads(
        "listBenefits",
        "待遇列表",
        "各部门名单上的居民所享的待遇，最早的在前；状态为“名单已无，待核实”的须由村级核实后停止或保留。",
        permission="tag.manage",
    ),
)
async def page(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: Area,
    kind: OfKind = None,
    status: InStatus = None,
) -> Page[BenefitView]:
    """Benefits of persons of the area, oldest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.benefits.page(principal, area, kind, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.benefit.id),))
    return Page(items=[BenefitView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/benefits/count",
    **reads("countBenefits", "待遇计数", "同一条件下共有多少项待遇。", permission="tag.manage"),
)
async def count(
    principal: Authorised, registry: Registry, area: Area, kind: OfKind = None, status: InStatus = None
) -> BenefitCount:
    """How many the list gives in all."""
    return BenefitCount(count=await registry.benefits.count(principal, area, kind, status))


@router.get(
    "/benefits/{id}",
    **reads("getBenefit", "查询待遇", "一项待遇和它所依据的名单。", permission="tag.manage", etag=True),
)
async def read(id: BenefitId, principal: Authorised, registry: Registry, response: Response) -> BenefitView:
    """One benefit, and the list it rests on."""
    return _view(await registry.benefits.read(principal, id), response)


@router.post(
    "/benefits/{id}/end",
    **step(
        "endBenefit",
        "停止待遇",
        "名单已无此人、核实确已停发的，停止该项待遇，由此认定的标签同时结束。",
        permission="tag.manage",
        refuses=(BenefitTransitionRefused, BenefitEndWrong),
    ),
)
async def end(
    id: BenefitId,
    body: EndBenefit,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> BenefitView:
    """End a benefit that the list has no more."""
    return _view(await registry.benefits.end(principal, id, ended_on=body.ended_on, expected=expected), response)


@router.post(
    "/benefits/{id}/keep",
    **step(
        "keepBenefit",
        "保留待遇",
        "名单已无此人、核实仍在享的，注明原因予以保留；此后名单仍无此人的不再提示。",
        permission="tag.manage",
        refuses=(BenefitTransitionRefused,),
    ),
)
async def keep(
    id: BenefitId,
    body: KeepBenefit,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> BenefitView:
    """Say that a benefit holds although the list has it no more."""
    return _view(await registry.benefits.keep(principal, id, reason=body.reason, expected=expected), response)


@router.post(
    "/benefits/{id}/reopen",
    **step(
        "reopenBenefit",
        "收回停止或保留",
        "收回“停止”或“保留”，该项待遇重新待核实，随之结束的标签恢复；须用 `If-Match` 指明所见版本。",
        permission="tag.manage",
        refusals=(404, 409, 412, 428),
        refuses=(BenefitTransitionRefused, *REOPENING),
    ),
)
async def reopen(
    id: BenefitId, expected: IfMatch, principal: Authorised, registry: Registry, response: Response
) -> BenefitView:
    """Take a decision back."""
    return _view(await registry.benefits.reopen(principal, id, expected=expected), response)


def _view(one: ShownBenefit, response: Response) -> BenefitView:
    response.headers["ETag"] = etag_of(one.benefit.version)
    return BenefitView.of(one)
