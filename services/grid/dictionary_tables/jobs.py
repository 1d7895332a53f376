"""Tables of the dictionary of incidents as something that can be imported."""

from services.grid.dictionary_tables.service import TARGET, DictionaryIntake, require_import
from services.grid.wiring import use_cases
from shared.auth.principal import Principal
from shared.imports.intake import Intake, Target
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext


async def _intake(context: UseCaseContext, principal: Principal, row: ImportRow) -> Intake:
    require_import(principal, row.area)
    return DictionaryIntake(context, principal, use_cases(context).dictionary_drafts)


DICTIONARIES = Target(TARGET, _intake)
