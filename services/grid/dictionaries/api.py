"""The dictionary of incidents (事件字典) over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.grid.deps import Grid
from services.grid.dictionaries.schemas import DictionaryVersionView, DictionaryView, DifferencesView, DifferenceView
from shared.http.endpoint import reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incidents"])

READ = "incident.report"

Version = Annotated[int, Path(ge=1, le=2**31 - 1, description="字典版本 number of the version", examples=[1])]
Against = Annotated[
    int | None,
    Query(ge=1, le=2**31 - 1, description="对比版本 version that it is compared with; null: the one before it"),
]


@router.get(
    "/incident-dictionary",
    **reads(
        "getDictionary",
        "查询事件字典",
        "今天有效的事件字典：类别、各等级的办理时限和计时时段。",
        permission=READ,
        scope="open",
        refusals=(),
    ),
)
async def in_force(principal: Authorised, grid: Grid) -> DictionaryView:
    """The version in force today: categories, limits by severity and treatment, hours of work."""
    return DictionaryView.of(await grid.dictionaries.in_force())


@router.get(
    "/incident-dictionary/versions",
    **reads(
        "listDictionaryVersions",
        "事件字典版本列表",
        "已发布的各版事件字典，最新的在前；撤回的也在其中。",
        permission=READ,
        scope="open",
        refusals=(),
    ),
)
async def list_versions(page: PageQuery, principal: Authorised, grid: Grid) -> Page[DictionaryVersionView]:
    """Versions that were published, the newest first."""
    after = None if page.after is None else int(page.after[0])
    rows = await grid.dictionaries.page(after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (str(one.version),))
    return Page(items=[DictionaryVersionView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/incident-dictionary/versions/{version}",
    **reads(
        "getDictionaryVersion",
        "查询事件字典版本",
        "某一版事件字典全文；发布后不再改动。",
        permission=READ,
        scope="open",
    ),
)
async def read(version: Version, principal: Authorised, grid: Grid) -> DictionaryView:
    """One version, whole."""
    return DictionaryView.of(await grid.dictionaries.read(version))


@router.get(
    "/incident-dictionary/versions/{version}/differences",
    **reads(
        "compareDictionaryVersions",
        "对比事件字典版本",
        "某一版与前一版（或指定版本）相比改了什么。",
        permission=READ,
        scope="open",
    ),
)
async def compare(version: Version, principal: Authorised, grid: Grid, against: Against = None) -> DifferencesView:
    """What a version changes."""
    found = await grid.dictionaries.compare(version, against)
    return DifferencesView(items=[DifferenceView.model_validate(one) for one in found])
