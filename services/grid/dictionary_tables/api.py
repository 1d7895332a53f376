"""Tables of the dictionary of incidents over HTTP: imported into the draft, taken out of a version or a draft."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.grid.deps import Grid
from services.grid.dictionary_drafts.domain import read
from services.grid.dictionary_tables.domain import COLUMNS, TITLE
from services.grid.dictionary_tables.service import MANAGE, TARGET, require_import, table_of
from shared.http.endpoint import reads
from shared.http.import_routes import ImportDoor, add_import_routes
from shared.http.imports import answers_file, workbook
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["incident-dictionary-tables"])

Version = Annotated[int, Path(ge=1, le=2**31 - 1, description="字典版本 number of the version", examples=[1])]
DraftId = Annotated[UUID, Path(description="草稿标识 id of the draft")]

add_import_routes(
    router,
    ImportDoor(
        what="Dictionary",
        path="incident-dictionary",
        title=TITLE,
        permission=MANAGE,
        target=TARGET,
        columns=COLUMNS,
        require=require_import,
    ),
)


@router.get(
    "/incident-dictionary/versions/{version}/table",
    **answers_file(
        reads(
            "getDictionaryTable",
            "下载事件字典",
            "某一版事件字典的时限表，列与导入模板相同。",
            permission="incident.report",
            scope="open",
        )
    ),
)
async def table(version: Version, _: Authorised, grid: Grid) -> Response:
    """The limits of a version as a table, in the columns of the template."""
    found = await grid.dictionaries.read(version)
    return await workbook(table_of(found.terms), f"{TITLE}第{version}版.xlsx")


@router.get(
    "/incident-dictionary-drafts/{id}/table",
    **answers_file(
        reads(
            "getDictionaryDraftTable",
            "下载事件字典草稿",
            "草稿的时限表，列与导入模板相同；改好后可再导入。",
            permission=MANAGE,
            scope="county",
        )
    ),
)
async def draft_table(id: DraftId, _: Authorised, grid: Grid) -> Response:
    """The limits of a draft as a table."""
    draft = await grid.dictionary_drafts.read(id)
    return await workbook(table_of(read(draft.content)), f"{TITLE}草稿.xlsx")
