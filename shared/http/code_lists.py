"""Code lists over HTTP: what coded fields may hold, with Chinese names, for pages and apps. Open to everybody."""

import hashlib
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from shared.errors import NotFound
from shared.feature import Feature
from shared.http.endpoint import reads
from shared.http.kit import kit_of
from shared.http.route import ServiceRoute
from shared.http.schemas import View
from shared.reference.codes import PublishedCodes

router = APIRouter(route_class=ServiceRoute, tags=["code lists"])


class CodeView(View):
    """One code of a list."""

    code: str = Field(description="代码 as it is sent and stored", examples=["02"])
    name: str = Field(description="名称 Chinese name", examples=["户主"])


class CodeListView(View):
    """A code list, in the order of its source."""

    id: str = Field(description="代码表标识 id of the list", examples=["relations"])
    title: str = Field(description="代码表名称 Chinese title", examples=["与户主关系"])
    standard: str | None = Field(
        description="标准 national standard that it is taken from, null for a list of Xiangli's own",
        examples=["GB/T 4761"],
    )
    codes: list[CodeView] = Field(description="代码 codes and names")


class CodeListsView(View):
    """Every code list of a service."""

    items: list[CodeListView] = Field(description="代码表 the lists, by id")


def view(one: PublishedCodes) -> CodeListView:
    """A list as it is shown."""
    codes = [CodeView(code=code, name=name) for code, name in one.names.items()]
    return CodeListView(id=one.id, title=one.title, standard=one.standard, codes=codes)


def tag(shown: View) -> str:
    """Entity tag of lists: they change with a release only."""
    return f'"{hashlib.sha256(orjson.dumps(shown.model_dump())).hexdigest()[:16]}"'


@router.get(
    "/code-lists",
    **reads(
        "listCodeLists",
        "代码表列表",
        "本服务的全部代码表及其代码。",
        permission=None,
        scope="open",
        refusals=(),
        etag=True,
        public=True,
    ),
)
async def list_code_lists(request: Request, response: Response) -> CodeListsView:
    """All code lists of this service with their codes."""
    shown = CodeListsView(items=[view(one) for _, one in sorted(kit_of(request).code_lists.items())])
    response.headers["ETag"] = tag(shown)
    return shown


@router.get(
    "/code-lists/{id}",
    **reads("getCodeList", "查询代码表", "一张代码表及其代码。", permission=None, scope="open", etag=True, public=True),
)
async def get_code_list(
    id: Annotated[str, Path(description="代码表标识 id of the list", pattern="^[a-z_]{1,40}$")],
    request: Request,
    response: Response,
) -> CodeListView:
    """One code list with its codes."""
    found = kit_of(request).code_lists.get(id)
    if found is None:
        raise NotFound(id)
    shown = view(found)
    response.headers["ETag"] = tag(shown)
    return shown


CODE_LISTS = Feature(
    router=router,
    tag="code lists",
    about="代码表：代码字段的取值及中文名称。 What coded fields may hold, with Chinese names",
)
