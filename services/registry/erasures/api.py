"""Erasures over HTTP: asked for by the person or by an officer, decided at the county by somebody else."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.bindings.domain import AccountNotBound
from services.registry.deps import LIMITED, MINE, SERVING_STILL, ProofId, Registry
from services.registry.erasures.domain import ASKING, DECIDING, LAW, ErasureDecided, ErasureOfOwnWish
from services.registry.erasures.schemas import (
    ErasureCount,
    ErasureView,
    OwnErasureView,
    RefuseErasure,
    RequestErasure,
)
from services.registry.erasures.service.reads import ShownErasure
from services.registry.proofs.domain import SERVING
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.erasures import ErasureStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["erasures"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]
ErasureId = Annotated[UUID, Path(description="清除标识 id of the erasure")]
OfArea = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of the persons")]
InStatus = Annotated[ErasureStatus | None, Query(description="状态 only those that stand there")]


@router.post(
    "/persons/{id}/erasures",
    **creates(
        "requestErasure",
        "申请清除居民信息",
        "对已迁出、死亡或登记已撤销且保存期满的居民申请清除个人信息；由县级另一人决定。",
        permission="erasure.request",
        location=True,
        refuses=ASKING,
    ),
)
async def request(
    id: PersonId, body: RequestErasure, principal: Authorised, registry: Registry, response: Response
) -> ErasureView:
    """Ask that the personal values of a former resident are erased."""
    made = await registry.erasures.request(principal, id, body.ground)
    response.headers["Location"] = f"/registry/v1/erasures/{made.record.id}"
    return _view(made, response)


@router.get(
    "/erasures",
    **reads("listErasures", "清除申请列表", "某区域居民的清除申请，最新的在前。", permission="erasure.request"),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: OfArea, status: InStatus = None
) -> Page[ErasureView]:
    """Erasures of an area's people, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.erasure_reads.page(principal, area, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.record.id),))
    return Page(items=[ErasureView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/erasures/count",
    **reads("countErasures", "清除申请计数", "同一条件下共有多少件申请。", permission="erasure.request"),
)
async def count(principal: Authorised, registry: Registry, area: OfArea, status: InStatus = None) -> ErasureCount:
    """How many the list gives in all."""
    return ErasureCount(count=await registry.erasure_reads.count(principal, area, status))


@router.get(
    "/erasures/{id}",
    **reads(
        "getErasure",
        "查询清除申请",
        "一件清除申请，及各服务何时接到、何时完成、清除了多少。",
        permission="erasure.request",
        etag=True,
    ),
)
async def read(id: ErasureId, principal: Authorised, registry: Registry, response: Response) -> ErasureView:
    """One erasure, with how far each service is."""
    return _view(await registry.erasure_reads.read(principal, id), response)


@router.post(
    "/erasures/{id}/order",
    **step(
        "orderErasure",
        "决定清除",
        "由县级有权限的另一人决定；一经决定，底册立即清除，各服务随后清除并答复，不可恢复。",
        permission="erasure.decide",
        refuses=(*DECIDING, *LAW),
    ),
)
async def order(
    id: ErasureId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> ErasureView:
    """Decide that the values are erased; it cannot be undone."""
    return _view(await registry.erasures.order(principal, id, expected=expected), response)


@router.post(
    "/erasures/{id}/refuse",
    **step(
        "refuseErasure",
        "不予清除",
        "由县级有权限的另一人决定不予清除，信息照旧；申请人可看到原因。",
        permission="erasure.decide",
        refuses=DECIDING,
    ),
)
async def refuse(
    id: ErasureId,
    body: RefuseErasure,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> ErasureView:
    """Decide that the values are kept."""
    return _view(await registry.erasures.refuse(principal, id, body.reason, expected=expected), response)


@router.post(
    "/erasures/{id}/withdraw",
    **step(
        "withdrawErasure",
        "撤回清除申请",
        "撤回尚未决定的清除申请；本人提出的由本人撤回，在窗口提出的由受理人撤回。",
        permission="erasure.request",
        refuses=(ErasureDecided, ErasureOfOwnWish),
    ),
)
async def withdraw(
    id: ErasureId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> ErasureView:
    """Take a request back, as whoever could have made it."""
    return _view(await registry.erasures.withdraw(principal, id, expected=expected), response)


@router.post(
    "/own/erasures",
    **creates(
        "requestOwnErasure",
        "申请清除本人信息",
        "已迁出的居民申请清除本人信息；保存期满的，由县级工作人员决定。",
        permission="person.own",
        scope="own",
        refusals=(404, 409, 429),
        refuses=(AccountNotBound, *ASKING),
        also=MINE,
    ),
)
async def request_own(
    body: RequestErasure, principal: Authorised, registry: Registry, response: Response
) -> OwnErasureView:
    """Ask that what is kept about the caller is erased."""
    made = await registry.erasures.request_own(principal, body.ground)
    return _own(made, principal.subject, response)


@router.get(
    "/own/erasures",
    **reads(
        "listOwnErasures",
        "本人信息清除申请",
        "对本人信息提出过的清除申请及其办理情况，最新的在前。",
        permission="person.own",
        scope="own",
        refusals=(404, 429),
        refuses=(AccountNotBound,),
        also=LIMITED,
    ),
)
async def own(principal: Authorised, registry: Registry, page: PageQuery) -> Page[OwnErasureView]:
    """Erasures that were asked for of the caller, by anybody, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.erasures.own(principal, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.id),))
    return Page(items=[OwnErasureView.of(one, principal.subject) for one in shown], next_cursor=cursor)


@router.post(
    "/own/erasures/{id}/withdraw",
    **step(
        "withdrawOwnErasure",
        "撤回本人信息清除申请",
        "撤回本账号提出、尚未决定的清除申请。",
        permission="person.own",
        scope="own",
        refusals=(404, 409, 412, 429),
        refuses=(AccountNotBound, ErasureDecided),
        also=MINE,
    ),
)
async def withdraw_own(
    id: ErasureId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> OwnErasureView:
    """Take back what the caller has asked for."""
    withdrawn = await registry.erasures.withdraw_own(principal, id, expected=expected)
    return _own(ShownErasure(withdrawn, None), principal.subject, response)


@router.post(
    "/proofs/{id}/erasures",
    **creates(
        "requestErasureByProof",
        "凭核验申请清除",
        "代窗口前的本人申请清除其信息；受理人不得作出决定。",
        permission="person.extract",
        refusals=(404, 409, 429),
        refuses=(*SERVING, *ASKING),
        also=SERVING_STILL,
    ),
)
async def request_by_proof(
    id: ProofId, body: RequestErasure, principal: Authorised, registry: Registry, response: Response
) -> OwnErasureView:
    """Ask for it in the name of who stands at the counter."""
    made = await registry.erasures.request_by_proof(principal, id, body.ground)
    return _own(made, principal.subject, response)


def _view(shown: ShownErasure, response: Response) -> ErasureView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return ErasureView.of(shown)


def _own(shown: ShownErasure, subject: str, response: Response) -> OwnErasureView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return OwnErasureView.of(shown.record, subject)
