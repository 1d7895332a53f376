"""Households over HTTP: found, list, read, join, leave."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.deps import Registry
from services.registry.households.domain import (
    LEAVING,
    HouseholdDissolvedAlready,
    HouseholdHasHead,
    HouseholdNeedsOneHead,
    HouseholdPresence,
    HouseholdRecord,
    MemberElsewhere,
    MemberNotOfThisPlace,
    MembershipDatesWrong,
    RelationAgeDisagrees,
    RelationDisagrees,
    RelationTwice,
)
from services.registry.households.schemas import (
    FoundHousehold,
    HouseholdChangesView,
    HouseholdChangeView,
    HouseholdCount,
    HouseholdView,
    JoinHousehold,
    LeaveHousehold,
)
from services.registry.persons.domain import ADMISSION
from services.registry.persons.service.questions import BUCKET
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import counted
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["households"])

HouseholdArea = Annotated[AreaCode, Query(description="区划代码 area in which the households lie")]
RELATIONS_WRONG = (RelationDisagrees, RelationAgeDisagrees, RelationTwice)

Presence = Annotated[
    HouseholdPresence | None,
    Query(description="人户情况 only legal households of which all, some or nobody lives in their village now"),
]
MemberId = Annotated[UUID, Path(description="居民标识 id of the member who leaves")]
HouseholdId = Annotated[UUID, Path(description="住户标识 id of the household")]


@router.post(
    "/households",
    **creates(
        "foundHousehold",
        "立户",
        "立户并登记首批成员；其中的新居民在同一事务中登记。",
        permission="household.manage",
        refusals=(404, 409, 429),
        location=True,
        also=[Depends(counted(BUCKET))],
        refuses=(
            *ADMISSION,
            HouseholdNeedsOneHead,
            MemberElsewhere,
            MemberNotOfThisPlace,
            MembershipDatesWrong,
            *RELATIONS_WRONG,
        ),
    ),
)
async def found(body: FoundHousehold, principal: Authorised, registry: Registry, response: Response) -> HouseholdView:
    """Found a household with its first members; new persons among them are registered in the same transaction."""
    household = await registry.households.found(
        principal, body.kind, body.area, body.established_on, [member.joining() for member in body.members]
    )
    response.headers["Location"] = f"/registry/v1/households/{household.id}"
    return view_of(household, response)


@router.get(
    "/households",
    **reads(
        "listHouseholds",
        "住户列表",
        "某区域现存的户；查看会记入户内每个人的访问记录。",
        permission="household.read",
        refusals=(),
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: HouseholdArea, presence: Presence = None
) -> Page[HouseholdView]:
    """Active households of an area; noted in the access log of everybody in them."""
    after = (str(page.after[0]), UUID(page.after[1])) if page.after else None
    households = await registry.household_reads.page(principal, area, presence, after=after, limit=page.limit)
    shown, cursor = page.cut(households, lambda one: (one.area, str(one.id)))
    return Page(items=[HouseholdView.model_validate(household) for household in shown], next_cursor=cursor)


@router.get(
    "/households/count",
    **reads("countHouseholds", "住户计数", "按相同条件列表共有多少户。", permission="household.read", refusals=()),
)
async def count(
    principal: Authorised, registry: Registry, area: HouseholdArea, presence: Presence = None
) -> HouseholdCount:
    """How many the list has in all: the same scope, the same filters."""
    return HouseholdCount(count=await registry.household_reads.count(principal, area, presence))


@router.get(
    "/households/{id}",
    **reads(
        "getHousehold",
        "查询住户",
        "一户及其现有和曾有的成员；查看会记入每个人的访问记录。",
        permission="household.read",
        etag=True,
    ),
)
async def read(id: HouseholdId, principal: Authorised, registry: Registry, response: Response) -> HouseholdView:
    """One household with all who belong or belonged to it; noted in the access log of each."""
    return view_of(await registry.household_reads.read(principal, id), response)


@router.get(
    "/households/{id}/changes",
    **reads(
        "listHouseholdChanges",
        "住户变更记录",
        "一户立户以来的变更，最早的在前；查看会记入每个人的访问记录。",
        permission="household.read",
    ),
)
async def history(id: HouseholdId, principal: Authorised, registry: Registry) -> HouseholdChangesView:
    """What has changed in a household since its founding; noted in the access log of each member."""
    changes = await registry.household_reads.history(principal, id)
    return HouseholdChangesView(items=[HouseholdChangeView.of(one) for one in changes])


@router.post(
    "/households/{id}/members",
    **step(
        "addHouseholdMember",
        "增加住户成员",
        "增加一名户成员。",
        permission="household.manage",
        refusals=(404, 409, 412, 429),
        also=[Depends(counted(BUCKET))],
        refuses=(
            *ADMISSION,
            HouseholdDissolvedAlready,
            HouseholdHasHead,
            MemberElsewhere,
            MemberNotOfThisPlace,
            MembershipDatesWrong,
            *RELATIONS_WRONG,
        ),
    ),
)
async def join(
    id: HouseholdId,
    body: JoinHousehold,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> HouseholdView:
    """Add a member."""
    return view_of(await registry.households.add_member(principal, id, body.joining(), expected=expected), response)


@router.post(
    "/households/{id}/members/{person_id}/remove",
    **step(
        "removeHouseholdMember",
        "移出住户成员",
        "移出一名户成员；最后一名成员移出后，该户注销。",
        permission="household.manage",
        refuses=(HouseholdDissolvedAlready, *LEAVING),
    ),
)
async def leave(
    id: HouseholdId,
    person_id: MemberId,
    body: LeaveHousehold,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> HouseholdView:
    """Remove a member; the household is dissolved with its last member."""
    household = await registry.households.remove_member(
        principal,
        id,
        person_id,
        on=body.left_on,
        succession=body.new_head.succession() if body.new_head else None,
        expected=expected,
    )
    return view_of(household, response)


def view_of(household: HouseholdRecord, response: Response) -> HouseholdView:
    """The answer that shows a household, with its version."""
    response.headers["ETag"] = etag_of(household.version)
    return HouseholdView.model_validate(household)
