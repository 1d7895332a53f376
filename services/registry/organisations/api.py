"""Organisations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.life_events.domain import PLACING
from services.registry.organisations.domain import (
    OrganisationDatesWrong,
    OrganisationFilter,
    OrganisationKnown,
    OrganisationNothingToUndo,
    OrganisationOfOtherVillage,
    OrganisationTransitionError,
    OrganisationUnchanged,
)
from services.registry.organisations.schemas import (
    EndOrganisation,
    OrganisationBody,
    OrganisationCount,
    OrganisationVersionView,
    OrganisationView,
    ReopenOrganisation,
    SearchOrganisations,
)
from services.registry.organisations.service.handling import ShownOrganisation
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.organisations import OrganisationKind, OrganisationStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["organisations"])

OrganisationId = Annotated[UUID, Path(description="组织标识 id of the organisation")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only inside this area")]
KindFilter = Annotated[OrganisationKind | None, Query(description="组织类别 only of this kind")]
StatusFilter = Annotated[OrganisationStatus | None, Query(description="状态 only in this status")]


@router.post(
    "/organisations",
    **creates(
        "enterOrganisation",
        "登记组织",
        "登记驻区单位、社会组织、农村集体经济组织或志愿服务队伍；地址、负责人和电话加密保存，同村在册的不得同名或同代码。",
        permission="organisation.manage",
        location=True,
        refuses=(OrganisationDatesWrong, OrganisationKnown, *PLACING),
    ),
)
async def enter(
    body: OrganisationBody, principal: Authorised, registry: Registry, response: Response
) -> OrganisationView:
    """Enter an organisation; who answers for it is sealed."""
    shown = await registry.organisations.enter(principal, body.fields())
    response.headers["Location"] = f"/registry/v1/organisations/{shown.id}"
    return _answer(shown, response)


@router.get(
    "/organisations",
    **reads(
        "listOrganisations",
        "组织列表",
        "您辖区内的组织，先登记的在前；查看会记入访问记录。",
        permission="organisation.read",
    ),
)
async def list_(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: AreaFilter = None,
    kind: KindFilter = None,
    status: StatusFilter = None,
) -> Page[OrganisationView]:
    """Organisations in the caller's scope, oldest first; each look is noted in the access log."""
    after = None if page.after is None else UUID(page.after[0])
    wanted = OrganisationFilter(kind, status)
    rows = await registry.organisation_reads.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.id,))
    return Page(items=[OrganisationView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/organisations/count",
    **reads("countOrganisations", "组织计数", "按相同条件列表共有多少个。", permission="organisation.read"),
)
async def count(
    principal: Authorised,
    registry: Registry,
    area: AreaFilter = None,
    kind: KindFilter = None,
    status: StatusFilter = None,
) -> OrganisationCount:
    """How many the list has in all: the same scope, the same filters."""
    wanted = OrganisationFilter(kind, status)
    return OrganisationCount(count=await registry.organisation_reads.count(principal, area, wanted))


@router.post(
    "/organisations/search",
    **reads(
        "searchOrganisations",
        "查找组织",
        "按名称中的任意一段或完整的统一社会信用代码查找您辖区内的组织；查看会记入访问记录。",
        permission="organisation.read",
    ),
)
async def search(
    body: SearchOrganisations, principal: Authorised, registry: Registry, page: PageQuery
) -> Page[OrganisationView]:
    """Organisations in the caller's scope by a part of the name or by the whole code."""
    after = None if page.after is None else UUID(page.after[0])
    reads_ = registry.organisation_reads
    rows = await reads_.page(principal, body.area, body.wanted(), after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.id,))
    return Page(items=[OrganisationView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/organisations/{id}",
    **reads("getOrganisation", "查询组织", "一个组织；查看会记入访问记录。", permission="organisation.read", etag=True),
)
async def read(id: OrganisationId, principal: Authorised, registry: Registry, response: Response) -> OrganisationView:
    """One organisation; the look is noted in the access log."""
    return _answer(await registry.organisation_reads.read(principal, id), response)


@router.get(
    "/organisations/{id}/history",
    **reads(
        "getOrganisationHistory",
        "组织的办理记录",
        "对该组织办理过的每一步及其后的内容，先办的在前；查看会记入访问记录。",
        permission="organisation.read",
    ),
)
async def history(
    id: OrganisationId, principal: Authorised, registry: Registry, page: PageQuery
) -> Page[OrganisationVersionView]:
    """What was done to an organisation, step by step; the look is noted in the access log."""
    after = 0 if page.after is None else int(page.after[0])
    rows = await registry.organisation_reads.history(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.organisation.version,))
    return Page(items=[OrganisationVersionView.of(row) for row in shown], next_cursor=cursor)


@router.post(
    "/organisations/{id}/correct",
    **step(
        "correctOrganisation",
        "更正组织",
        "更正在册组织的全部内容；所在地只能在本村内调整网格。",
        permission="organisation.manage",
        refuses=(
            OrganisationTransitionError,
            OrganisationDatesWrong,
            OrganisationOfOtherVillage,
            OrganisationUnchanged,
            OrganisationKnown,
            *PLACING,
        ),
    ),
)
async def correct(
    id: OrganisationId,
    body: OrganisationBody,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> OrganisationView:
    """Set right what is known of an organisation."""
    return _answer(await registry.organisations.correct(principal, id, body.fields(), expected=expected), response)


@router.post(
    "/organisations/{id}/end",
    **step(
        "endOrganisation",
        "终止组织",
        "登记组织注销、解散或迁出。",
        permission="organisation.manage",
        refuses=(OrganisationTransitionError, OrganisationDatesWrong),
    ),
)
async def end(
    id: OrganisationId,
    body: EndOrganisation,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> OrganisationView:
    """An organisation is no more."""
    return _answer(await registry.organisations.end(principal, id, ended_on=body.ended_on, expected=expected), response)


@router.post(
    "/organisations/{id}/reopen",
    **step(
        "reopenOrganisation",
        "恢复组织",
        "已终止的组织自某日起恢复；终止本身登记有误的，请撤销上一步。",
        permission="organisation.manage",
        refuses=(OrganisationTransitionError, OrganisationDatesWrong, OrganisationKnown, *PLACING),
    ),
)
async def reopen(
    id: OrganisationId,
    body: ReopenOrganisation,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> OrganisationView:
    """An organisation that had ended began again."""
    return _answer(
        await registry.organisations.reopen(principal, id, began_on=body.began_on, expected=expected), response
    )


@router.post(
    "/organisations/{id}/withdraw",
    **step(
        "withdrawOrganisation",
        "撤回组织",
        "撤回误登的组织。",
        permission="organisation.manage",
        refuses=(OrganisationTransitionError,),
    ),
)
async def withdraw(
    id: OrganisationId,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> OrganisationView:
    """An organisation was entered by mistake."""
    return _answer(await registry.organisations.withdraw(principal, id, expected=expected), response)


@router.post(
    "/organisations/{id}/undo",
    **step(
        "undoOrganisation",
        "撤销上一步",
        "撤销最近一次更正、终止、恢复或撤回；再次撤销则退回更早一步。须用 `If-Match` 指明所见版本，以免撤销两步。",
        permission="organisation.manage",
        refusals=(404, 409, 412, 428),
        refuses=(OrganisationNothingToUndo, OrganisationKnown, *PLACING),
    ),
)
async def undo(
    id: OrganisationId,
    expected: NamedVersion,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> OrganisationView:
    """Take back what was done last."""
    return _answer(await registry.organisations.undo(principal, id, expected=expected), response)


def _answer(shown: ShownOrganisation, response: Response) -> OrganisationView:
    response.headers["ETag"] = etag_of(shown.version)
    return OrganisationView.of(shown)
