"""Lists of residents as something that can be imported."""

from services.registry.person_imports.repository import IMPORTED
from services.registry.person_imports.service.imports import LEFT_FOR, TARGET, require_import
from services.registry.person_imports.service.intake import PersonIntake
from services.registry.wiring import use_cases
from shared.auth.principal import Principal
from shared.imports.intake import Intake, Target
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext


async def _intake(context: UseCaseContext, principal: Principal, row: ImportRow) -> Intake:
    require_import(principal, row.area)
    use = use_cases(context)
    return PersonIntake(context, principal, row, use.persons, use.households)


PERSONS = Target(TARGET, _intake, fills=(IMPORTED,), left_for=LEFT_FOR)
