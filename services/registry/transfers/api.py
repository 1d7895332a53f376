"""Transfers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.deps import Registry
from services.registry.households.domain import LEAVING, HouseholdDissolvedAlready
from services.registry.life_events.domain import (
    HAPPENING,
    PLACING,
    EventInFuture,
    PersonAlreadyActive,
    PersonNotActive,
)
from services.registry.persons.service.questions import BUCKET
from services.registry.postings.domain import BookOfAnotherPlace
from services.registry.reversals.domain import REVERSING
from services.registry.transfers.domain import (
    BookMissing,
    NoSuchHousehold,
    TransferDecided,
    TransferNotConfirmed,
    TransferSide,
)
from services.registry.transfers.schemas import (
    ConfirmTransfer,
    RefuseTransfer,
    RequestTransfer,
    ReverseTransfer,
    TransferCount,
    TransferView,
)
from services.registry.transfers.service.transfers import ShownTransfer
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.transfers import TransferStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["movements"])

TransferId = Annotated[UUID, Path(description="迁移申请标识 id of the transfer")]
OfArea = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of that side")]
OfSide = Annotated[TransferSide, Query(description="方向 asking: asked for by the area; holding: of its persons")]
InStatus = Annotated[TransferStatus | None, Query(description="状态 only those that stand there")]


@router.post(
    "/transfers",
    **creates(
        "requestTransfer",
        "申请迁移",
        "申请将登记在外村的居民（或整户）迁入本村；不论该号码是否在册，答复相同，由登记所在村确认。",
        permission="life_event.record",
        refusals=(404, 429),
        location=True,
        also=[Depends(rate_limited(BUCKET))],
        refuses=(BookMissing, EventInFuture, *PLACING),
    ),
)
async def request(body: RequestTransfer, principal: Authorised, registry: Registry, response: Response) -> TransferView:
    """Ask for somebody who is registered elsewhere: the answer is the same whether there is such a person or not."""
    made = await registry.transfers.request(principal, body.transfer())
    response.headers["Location"] = f"/registry/v1/transfers/{made.record.id}"
    return _view(made, response)


@router.get(
    "/transfers",
    **reads(
        "listTransfers",
        "迁移申请列表",
        "某区域提出的，或涉及其居民的迁移申请，最早的在前；涉及的居民脱敏显示。",
        permission="life_event.record",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: OfArea, side: OfSide, status: InStatus = None
) -> Page[TransferView]:
    """Transfers that an area asked for, or that concern its persons, oldest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.transfers.page(principal, area, side, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.record.id),))
    return Page(items=[TransferView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/transfers/count",
    **reads("countTransfers", "迁移申请计数", "同一条件下共有多少件申请。", permission="life_event.record"),
)
async def count(
    principal: Authorised, registry: Registry, area: OfArea, side: OfSide, status: InStatus = None
) -> TransferCount:
    """How many the list gives in all."""
    return TransferCount(count=await registry.transfers.count(principal, area, side, status))


@router.get(
    "/transfers/{id}",
    **reads("getTransfer", "查询迁移申请", "一件迁移申请及其办理情况。", permission="life_event.record", etag=True),
)
async def read(id: TransferId, principal: Authorised, registry: Registry, response: Response) -> TransferView:
    """One transfer, for either side."""
    return _view(await registry.transfers.read(principal, id), response)


@router.post(
    "/transfers/{id}/confirm",
    **step(
        "confirmTransfer",
        "确认迁移",
        "登记所在村确认；居民（或整户）随即迁出本村、迁入对方，户、标签和台账一并变更。",
        permission="life_event.record",
        refuses=(
            *HAPPENING,
            *PLACING,
            *LEAVING,
            BookOfAnotherPlace,
            PersonAlreadyActive,
            NoSuchHousehold,
            TransferDecided,
        ),
    ),
)
async def confirm(
    id: TransferId,
    body: ConfirmTransfer,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TransferView:
    """Confirm, as the side that holds the person: everybody moves now."""
    succession = body.new_head.succession() if body.new_head else None
    return _view(await registry.transfers.confirm(principal, id, succession=succession, expected=expected), response)


@router.post(
    "/transfers/{id}/refuse",
    **step(
        "refuseTransfer",
        "不同意迁移",
        "登记所在村不同意，登记照旧；对方可看到原因。",
        permission="life_event.record",
        refuses=(TransferDecided,),
    ),
)
async def refuse(
    id: TransferId,
    body: RefuseTransfer,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TransferView:
    """Refuse, as the side that holds the person: nobody moves."""
    return _view(await registry.transfers.refuse(principal, id, reason=body.reason, expected=expected), response)


@router.post(
    "/transfers/{id}/withdraw",
    **step(
        "withdrawTransfer",
        "撤回迁移申请",
        "申请方撤回尚未办结的申请。",
        permission="life_event.record",
        refuses=(TransferDecided,),
    ),
)
async def withdraw(
    id: TransferId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> TransferView:
    """Take a request back, as the side that asked."""
    return _view(await registry.transfers.withdraw(principal, id, expected=expected), response)


@router.post(
    "/transfers/{id}/reverse",
    **step(
        "reverseTransfer",
        "撤销迁移",
        "撤销已确认的迁移：全部人员、户和台账恢复原状；由管辖双方的人员办理。",
        permission="life_event.record",
        refuses=(
            *REVERSING,
            *PLACING,
            BookOfAnotherPlace,
            HouseholdDissolvedAlready,
            PersonNotActive,
            TransferNotConfirmed,
        ),
    ),
)
async def reverse(
    id: TransferId,
    body: ReverseTransfer,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TransferView:
    """Take a confirmed transfer back, as somebody who answers for both sides."""
    undone = await registry.transfer_undoing.reverse(
        principal, id, reason=body.reason, remark=body.note, expected=expected
    )
    return _view(ShownTransfer(undone, None), response)


def _view(shown: ShownTransfer, response: Response) -> TransferView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return TransferView.of(shown)
