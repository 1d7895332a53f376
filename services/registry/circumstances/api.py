"""Circumstances over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.circumstances.domain.kinds import CircumstanceGroup
from services.registry.circumstances.domain.rules import (
    CircumstanceDatesWrong,
    CircumstanceDetailsWrong,
    CircumstanceDoesNotFit,
    CircumstanceFilter,
    CircumstanceOverlaps,
    CircumstanceRecord,
    CircumstanceTransitionError,
    NothingVerified,
    UnknownCircumstance,
)
from services.registry.circumstances.schemas import (
    CircumstanceCount,
    CircumstancesView,
    CircumstanceView,
    EndCircumstance,
    RecordCircumstance,
    UndoCircumstance,
    VerifyCircumstance,
    VerifyCircumstances,
)
from services.registry.deps import Registry
from services.registry.life_events.domain import PersonDeceased, PersonNotActive
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["circumstances"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]
CircumstanceId = Annotated[UUID, Path(description="情况标识 id of the entry")]
OfArea = Annotated[AreaCode, Query(description="区划代码 area in which the persons live or are registered")]
OfKind = Annotated[str | None, Query(pattern="^[a-z_]{1,64}$", description="类别 only of this kind")]
OfGroup = Annotated[CircumstanceGroup | None, Query(description="类组 only of this field group")]
OnDay = Annotated[Day | None, Query(description="截面日 what held on that day; today if absent")]
HeldOn = Annotated[Day | None, Query(description="截面日 only what held on that day; everything if absent")]
EndsBy = Annotated[
    Day | None, Query(description="到期日 only what ends on that day or before, and has no successor: to be renewed")
]
IsDue = Annotated[bool, Query(description="待核实 only what was last verified too long ago for its field group")]

FITTING = (CircumstanceDatesWrong, CircumstanceDoesNotFit, CircumstanceOverlaps, PersonDeceased, PersonNotActive)


async def wanted(
    kind: OfKind = None, group: OfGroup = None, on: OnDay = None, ends_by: EndsBy = None, due: IsDue = False
) -> CircumstanceFilter:
    """What a list and its count ask for."""
    return CircumstanceFilter(kind, group, on, ends_by, due)


Wanted = Annotated[CircumstanceFilter, Depends(wanted)]


@router.post(
    "/persons/{id}/circumstances",
    **creates(
        "recordCircumstance",
        "登记居民情况",
        "为在册居民登记一条居民情况，如居住证、参保、在学、就业；同类情况在同一天只有一条，可多条的类别除外。",
        permission="circumstance.manage",
        location=True,
        refuses=(UnknownCircumstance, CircumstanceDetailsWrong, *FITTING),
    ),
)
async def record(
    id: PersonId, body: RecordCircumstance, principal: Authorised, registry: Registry, response: Response
) -> CircumstanceView:
    """Enter a circumstance of a person."""
    entry = await registry.circumstances.record(principal, id, body.content())
    response.headers["Location"] = f"/registry/v1/circumstances/{entry.id}"
    return _answer(entry, response)


@router.get(
    "/persons/{id}/circumstances",
    **reads(
        "listCircumstancesOfPerson",
        "某人的居民情况",
        "某位居民的各类情况及其办理记录，最早的在前；政治面貌和党员信息须另有权限；查看会记入访问记录。",
        permission="circumstance.read",
    ),
)
async def of_person(id: PersonId, principal: Authorised, registry: Registry, on: HeldOn = None) -> CircumstancesView:
    """A person's circumstances, the earliest first, as far as the caller may know them."""
    found = await registry.circumstances.of_person(principal, id, on)
    return CircumstancesView(items=[CircumstanceView.of(one) for one in found])


@router.get(
    "/circumstances",
    **reads(
        "listCircumstances",
        "居民情况列表",
        "某区域居民在某日的情况；可只列到期待续的或待核实的；查看会记入访问记录。",
        permission="circumstance.read",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: OfArea, wanted: Wanted
) -> Page[CircumstanceView]:
    """Circumstances of an area's persons on a day, by id; those to be renewed, or to be verified again."""
    after = None if page.after is None else UUID(page.after[0])
    found = await registry.circumstances.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.entry.id,))
    return Page(items=[CircumstanceView.of(one.entry) for one in shown], next_cursor=cursor)


@router.get(
    "/circumstances/count",
    **reads("countCircumstances", "居民情况计数", "按相同条件列表共有多少条。", permission="circumstance.read"),
)
async def count(principal: Authorised, registry: Registry, area: OfArea, wanted: Wanted) -> CircumstanceCount:
    """How many the list has in all: the same scope, the same filters."""
    return CircumstanceCount(count=await registry.circumstances.count(principal, area, wanted))


@router.post(
    "/circumstances/verify",
    **creates(
        "verifyCircumstances",
        "批量核实居民情况",
        "核实至多500条居民情况，全部成功或全部不变。",
        permission="circumstance.verify",
        status=200,
        etag=False,
        refuses=(CircumstanceTransitionError, CircumstanceDatesWrong),
    ),
)
async def verify_many(body: VerifyCircumstances, principal: Authorised, registry: Registry) -> CircumstancesView:
    """Somebody looked, and all of these are so."""
    found = await registry.circumstances.verify(principal, body.ids, on=body.verified_on, source=body.source)
    return CircumstancesView(items=[CircumstanceView.of(one) for one in found])


@router.get(
    "/circumstances/{id}",
    **reads(
        "getCircumstance",
        "查询居民情况",
        "一条居民情况及其办理记录；查看会记入访问记录。",
        permission="circumstance.read",
        etag=True,
    ),
)
async def read(id: CircumstanceId, principal: Authorised, registry: Registry, response: Response) -> CircumstanceView:
    """One circumstance; the look is noted in the access log."""
    return _answer(await registry.circumstances.read(principal, id), response)


@router.post(
    "/circumstances/{id}/end",
    **step(
        "endCircumstance",
        "结束居民情况",
        "登记居民情况自某日起结束；内容有变的，结束后另行登记。",
        permission="circumstance.manage",
        refuses=(CircumstanceTransitionError, CircumstanceDatesWrong),
    ),
)
async def end(
    id: CircumstanceId,
    body: EndCircumstance,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> CircumstanceView:
    """It ended on a day."""
    return _answer(await registry.circumstances.end(principal, id, ended_on=body.ended_on, expected=expected), response)


@router.post(
    "/circumstances/{id}/withdraw",
    **step(
        "withdrawCircumstance",
        "撤回居民情况",
        "撤回误登的居民情况。",
        permission="circumstance.manage",
        refuses=(CircumstanceTransitionError,),
    ),
)
async def withdraw(
    id: CircumstanceId,
    body: UndoCircumstance,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> CircumstanceView:
    """It was entered by mistake."""
    return _answer(
        await registry.circumstances.withdraw(principal, id, reason=body.reason, expected=expected), response
    )


@router.post(
    "/circumstances/{id}/restore",
    **step(
        "restoreCircumstance",
        "恢复居民情况",
        "撤销结束或撤回，居民情况恢复原状；已有同类情况的，列明该情况。",
        permission="circumstance.manage",
        refuses=(CircumstanceTransitionError, *FITTING),
    ),
)
async def restore(
    id: CircumstanceId,
    body: UndoCircumstance,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> CircumstanceView:
    """Undo an end or a withdrawal."""
    entry = await registry.circumstances.restore(principal, id, reason=body.reason, expected=expected)
    return _answer(entry, response)


@router.post(
    "/circumstances/{id}/verify",
    **step(
        "verifyCircumstance",
        "核实居民情况",
        "核实一条居民情况属实。",
        permission="circumstance.verify",
        refuses=(CircumstanceTransitionError, CircumstanceDatesWrong),
    ),
)
async def verify(
    id: CircumstanceId,
    body: VerifyCircumstance,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> CircumstanceView:
    """Somebody looked, and it is so."""
    found = await registry.circumstances.verify_one(
        principal, id, on=body.verified_on, source=body.source, expected=expected
    )
    return _answer(found, response)


@router.post(
    "/circumstances/{id}/unverify",
    **step(
        "unverifyCircumstance",
        "撤销核实",
        "撤销最近一次核实，以前一次核实为准。须用 `If-Match` 指明所见版本，以免撤销两次。",
        permission="circumstance.verify",
        refusals=(404, 409, 412, 428),
        refuses=(CircumstanceTransitionError, NothingVerified),
    ),
)
async def unverify(
    id: CircumstanceId,
    body: UndoCircumstance,
    expected: NamedVersion,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> CircumstanceView:
    """Take the last verification back."""
    return _answer(
        await registry.circumstances.unverify(principal, id, reason=body.reason, expected=expected), response
    )


def _answer(entry: CircumstanceRecord, response: Response) -> CircumstanceView:
    response.headers["ETag"] = etag_of(entry.version)
    return CircumstanceView.of(entry)
