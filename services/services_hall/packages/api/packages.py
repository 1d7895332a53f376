"""Packages (一件事) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.services_hall.deps import Hall
from services.services_hall.items.domain.refusals import ItemCodeTaken
from services.services_hall.packages.domain import PackageCodeTaken, PackageTransitionError, TemplateUnknown
from services.services_hall.packages.models import Package
from services.services_hall.packages.schemas import AdoptPackage, PackageTemplate, PackageTemplates, PackageView
from services.services_hall.packages.service.packages import templates
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["packages"])

PackageId = Annotated[UUID, Path(description="一件事标识 id of the package")]


@router.get(
    "/package-templates",
    **reads(
        "listPackageTemplates",
        "一件事模板",
        "随产品提供的“一件事”：牵头部门、事项和共用材料。",
        permission="item.read",
        scope="open",
        refusals=(),
    ),
)
async def list_templates(principal: Authorised) -> PackageTemplates:
    """The packages that ship."""
    return PackageTemplates(items=[PackageTemplate.of(one) for one in templates().values()])


@router.post(
    "/packages",
    **creates(
        "adoptPackage",
        "启用一件事",
        "启用一个随产品提供的“一件事”；目录中没有的事项按模板发布。",
        permission="item.manage",
        scope="county",
        refusals=(409,),
        refuses=(PackageCodeTaken, TemplateUnknown, ItemCodeTaken),
    ),
)
async def adopt(body: AdoptPackage, response: Response, principal: Authorised, hall: Hall) -> PackageView:
    """Offer a package that ships."""
    return _answer(await hall.packages.adopt(principal, body.template), response)


@router.get(
    "/packages",
    **reads("listPackages", "一件事列表", "本县启用过的“一件事”。", permission="item.read", scope="open", refusals=()),
)
async def list_packages(page: PageQuery, principal: Authorised, hall: Hall) -> Page[PackageView]:
    """The packages of the county."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await hall.packages.page(after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[PackageView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/packages/{id}",
    **reads("getPackage", "查询一件事", "一个“一件事”。", permission="item.read", scope="open", etag=True),
)
async def read(id: PackageId, response: Response, principal: Authorised, hall: Hall) -> PackageView:
    """A package."""
    return _answer(await hall.packages.read(id), response)


@router.post(
    "/packages/{id}/retire",
    **step(
        "retirePackage",
        "停用一件事",
        "不再受理新的；已受理的继续办理。",
        permission="item.manage",
        scope="county",
        refuses=(PackageTransitionError,),
    ),
)
async def retire(
    id: PackageId, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> PackageView:
    """It is offered no more."""
    return _answer(await hall.packages.retire(principal, id, expected=expected), response)


@router.post(
    "/packages/{id}/reopen",
    **step(
        "reopenPackage",
        "恢复一件事",
        "停用的重新受理。",
        permission="item.manage",
        scope="county",
        refuses=(PackageTransitionError,),
    ),
)
async def reopen(
    id: PackageId, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> PackageView:
    """It is offered again."""
    return _answer(await hall.packages.reopen(principal, id, expected=expected), response)


def _answer(package: Package, response: Response) -> PackageView:
    response.headers["ETag"] = etag_of(package.version)
    return PackageView.model_validate(package)
