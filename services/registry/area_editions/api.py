"""Editions over HTTP."""

from fastapi import APIRouter

from services.registry.area_changes.domain import AreaChangeTooLarge, MemberOfHousehold
from services.registry.area_editions.domain import AreaEditionChanged, AreaEditionUnanswered
from services.registry.area_editions.schemas import (
    ApplyAreaEdition,
    AreaDifferenceView,
    AreaEditionView,
    CompareAreaEdition,
)
from services.registry.areas.domain import AreaAlreadyAbolished, AreaHasParts, AreaPopulated, UnknownArea
from services.registry.deps import Registry
from services.registry.life_events.domain import EventInFuture
from services.registry.postings.domain import BookOfAnotherPlace
from shared.http.bodies import BULK
from shared.http.endpoint import endpoint
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["areas"])


@router.post(
    "/area-editions/compare",
    **endpoint(
        "compareAreaEdition",
        "区划文件对照",
        "把新一年的区划文件与现有区划对照：新增、撤销、更名；代码变了而名称相同的，列出供确认。不作任何改动。",
        permission="area.manage",
        refusals=(404,),
        refuses=(UnknownArea,),
        max_body=BULK,
    ),
)
async def compare(body: CompareAreaEdition, principal: Authorised, registry: Registry) -> AreaDifferenceView:
    """What a newer division file changes in a county or town; nothing is changed."""
    difference = await registry.area_editions.compare(
        principal, body.lines(), area=body.area, effective_on=body.effective_on
    )
    return AreaDifferenceView.of(difference)


@router.post(
    "/area-editions/apply",
    **endpoint(
        "applyAreaEdition",
        "启用区划文件",
        "按对照过的差异一次办理：设立、撤销、更名，居民、住户和房屋随所填去向划转；已办理过的不再变动。",
        permission="area.manage",
        refusals=(404, 409),
        refuses=(
            AreaEditionChanged,
            AreaEditionUnanswered,
            AreaAlreadyAbolished,
            AreaChangeTooLarge,
            AreaHasParts,
            AreaPopulated,
            BookOfAnotherPlace,
            EventInFuture,
            MemberOfHousehold,
            UnknownArea,
        ),
        idempotent=True,
        max_body=BULK,
    ),
)
async def apply(body: ApplyAreaEdition, principal: Authorised, registry: Registry) -> AreaEditionView:
    """Carry out what a newer division file changes, as it was compared: all of it, or nothing."""
    done = await registry.area_editions.apply(
        principal,
        body.lines(),
        area=body.area,
        effective_on=body.effective_on,
        moves=[one.as_move() for one in body.moves],
        seen=body.digest,
    )
    return AreaEditionView(
        opened=done.opened, ended=done.ended, renamed=done.renamed, changes=[str(one) for one in done.changes]
    )
