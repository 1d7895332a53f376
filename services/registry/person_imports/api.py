"""Lists of residents over HTTP: what every import has, and the confirmation of rows that resemble somebody."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.registry.person_imports.domain.columns import COLUMNS
from services.registry.person_imports.domain.refusals import NotToBeConfirmed
from services.registry.person_imports.schemas import ConfirmRows
from services.registry.person_imports.service.imports import KEPT, TARGET, PersonImports, require_import
from shared.http.endpoint import creates
from shared.http.import_routes import ImportDoor, add_import_routes
from shared.http.imports import ImportId, ImportsOf, ImportView, shown
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.imports.domain import ImportTransitionError

router = APIRouter(route_class=ServiceRoute, tags=["person imports"])

PERMISSION = "person.import"


async def _person_imports(context: Context, imports: ImportsOf) -> PersonImports:
    return PersonImports(context, context.principal, imports)


PersonImportsOf = Annotated[PersonImports, Depends(_person_imports)]

add_import_routes(
    router,
    ImportDoor(
        what="Person",
        path="person",
        title="居民名册",
        permission=PERMISSION,
        target=TARGET,
        columns=COLUMNS,
        require=require_import,
        kept=KEPT,
        dropped=True,
    ),
)


@router.post(
    "/person-imports/{id}/confirm",
    **creates(
        "confirmPersonImportRows",
        "确认疑似重复行",
        "确认所列各行确为另一人，可以导入；只有疑似重复一项问题的行可以确认。",
        permission=PERMISSION,
        scope="own",
        refusals=(404,),
        status=200,
        etag=False,
        refuses=(ImportTransitionError, NotToBeConfirmed),
    ),
)
async def confirm(
    id: ImportId, body: ConfirmRows, imports: ImportsOf, lists: PersonImportsOf, principal: Authorised
) -> ImportView:
    """Rows are of somebody else than the residents whom they resemble. Only rows with that one finding."""
    row, _ = await imports.read(TARGET, id)
    require_import(principal, row.area)
    await lists.confirm(TARGET, id, body.rows)
    return await shown(imports, TARGET, id)
