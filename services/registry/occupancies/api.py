"""Occupancies over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.households.domain import HouseholdDissolvedAlready
from services.registry.life_events.domain import PersonMerged
from services.registry.occupancies.domain import (
    DwellingNotStanding,
    LeaseIsATenants,
    OccupancyDatesWrong,
    OccupancyFilter,
    OccupancyOverlaps,
    OccupancyTransitionError,
    OccupantElsewhere,
)
from services.registry.occupancies.models import Located
from services.registry.occupancies.schemas import (
    BeginOccupancy,
    EndOccupancy,
    KeepLetter,
    OccupancyCount,
    OccupancyView,
)
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.occupancies import OccupancyRole, OccupancyStatus
from shared.files.domain import FileAttached, WrongKind
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.files import FilesOf
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["occupancies"])

DwellingId = Annotated[UUID, Path(description="房屋标识 id of the dwelling")]
OccupancyId = Annotated[UUID, Path(description="住房关系标识 id of it")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only of dwellings inside this area")]
DwellingFilter = Annotated[UUID | None, Query(description="房屋 only of this dwelling")]
PersonFilter = Annotated[UUID | None, Query(description="居民 only of this person")]
HouseholdFilter = Annotated[UUID | None, Query(description="住户 only of this household")]
RoleFilter = Annotated[OccupancyRole | None, Query(description="关系 only of this role")]
StatusFilter = Annotated[OccupancyStatus | None, Query(description="状态 only in this status")]

BEGINNING = (
    DwellingNotStanding,
    HouseholdDissolvedAlready,
    OccupancyDatesWrong,
    OccupancyOverlaps,
    OccupantElsewhere,
)


@router.post(
    "/dwellings/{id}/occupancies",
    **creates(
        "beginOccupancy",
        "登记住房关系",
        "登记一名居民或一户自某日起为房屋的产权人、承租人或居住人；同一房屋可住多户、多人。",
        permission="household.manage",
        location=True,
        refuses=(LeaseIsATenants, PersonMerged, *BEGINNING),
    ),
)
async def begin(
    id: DwellingId, body: BeginOccupancy, principal: Authorised, registry: Registry, response: Response
) -> OccupancyView:
    """Somebody owns, rents or lives in a dwelling from a day on."""
    found = await registry.occupancies.begin(principal, id, body.content())
    response.headers["Location"] = f"/registry/v1/occupancies/{found.occupancy.id}"
    return _answer(found, response)


@router.get(
    "/occupancies",
    **reads(
        "listOccupancies",
        "住房关系列表",
        "您辖区内房屋的产权、承租和居住关系，先登记的在前；查看会记入访问记录。",
        permission="household.read",
        refusals=(),
    ),
)
async def list_(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: AreaFilter = None,
    dwelling_id: DwellingFilter = None,
    person_id: PersonFilter = None,
    household_id: HouseholdFilter = None,
    role: RoleFilter = None,
    status: StatusFilter = None,
) -> Page[OccupancyView]:
    """Occupancies of dwellings in the caller's scope, oldest first; each look is noted in the access log."""
    after = None if page.after is None else UUID(page.after[0])
    wanted = OccupancyFilter(dwelling_id, person_id, household_id, role, status)
    rows = await registry.occupancies.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.occupancy.id,))
    return Page(items=[OccupancyView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/occupancies/count",
    **reads("countOccupancies", "住房关系计数", "按相同条件列表共有多少条。", permission="household.read", refusals=()),
)
async def count(
    principal: Authorised,
    registry: Registry,
    area: AreaFilter = None,
    dwelling_id: DwellingFilter = None,
    person_id: PersonFilter = None,
    household_id: HouseholdFilter = None,
    role: RoleFilter = None,
    status: StatusFilter = None,
) -> OccupancyCount:
    """How many the list has in all: the same scope, the same filters."""
    wanted = OccupancyFilter(dwelling_id, person_id, household_id, role, status)
    return OccupancyCount(count=await registry.occupancies.count(principal, area, wanted))


@router.get(
    "/occupancies/{id}",
    **reads(
        "getOccupancy", "查询住房关系", "一条住房关系；查看会记入访问记录。", permission="household.read", etag=True
    ),
)
async def read(id: OccupancyId, principal: Authorised, registry: Registry, response: Response) -> OccupancyView:
    """One occupancy; the look is noted in the access log."""
    return _answer(await registry.occupancies.read(principal, id), response)


@router.post(
    "/occupancies/{id}/end",
    **step(
        "endOccupancy",
        "结束住房关系",
        "登记住房关系自某日起结束。",
        permission="household.manage",
        refuses=(OccupancyTransitionError, OccupancyDatesWrong),
    ),
)
async def end(
    id: OccupancyId,
    body: EndOccupancy,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> OccupancyView:
    """It ends on a day."""
    return _answer(await registry.occupancies.end(principal, id, until=body.until, expected=expected), response)


@router.post(
    "/occupancies/{id}/withdraw",
    **step(
        "withdrawOccupancy",
        "撤回住房关系",
        "撤回误登的住房关系。",
        permission="household.manage",
        refuses=(OccupancyTransitionError,),
    ),
)
async def withdraw(
    id: OccupancyId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> OccupancyView:
    """It was entered by mistake."""
    return _answer(await registry.occupancies.withdraw(principal, id, expected=expected), response)


@router.post(
    "/occupancies/{id}/restore",
    **step(
        "restoreOccupancy",
        "恢复住房关系",
        "撤销结束或撤回，住房关系恢复原状。",
        permission="household.manage",
        refuses=(OccupancyTransitionError, *BEGINNING),
    ),
)
async def restore(
    id: OccupancyId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> OccupancyView:
    """Undo an end or a withdrawal."""
    return _answer(await registry.occupancies.restore(principal, id, expected=expected), response)


@router.post(
    "/occupancies/{id}/letter",
    **step(
        "keepOccupancyLetter",
        "存入责任书",
        "存入承租人签订的责任书；再次存入的以新的为准，原件仍保留。",
        permission="household.manage",
        refuses=(OccupancyTransitionError, LeaseIsATenants, WrongKind, FileAttached),
    ),
)
async def keep_letter(
    id: OccupancyId,
    body: KeepLetter,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    files: FilesOf,
    response: Response,
) -> OccupancyView:
    """Keep the responsibility letter that a tenant signed."""
    found = await registry.occupancies.keep_letter(principal, id, body.file, files, expected=expected)
    return _answer(found, response)


def _answer(found: Located, response: Response) -> OccupancyView:
    response.headers["ETag"] = etag_of(found.occupancy.version)
    return OccupancyView.of(found)
