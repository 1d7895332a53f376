"""Tables of items as something that can be imported."""

from typing import Any

from services.services_hall.item_tables.schemas import content_of_row
from services.services_hall.item_tables.service import TARGET, CountyLists, ItemIntake, require_import
from services.services_hall.wiring import use_cases
from shared.auth.principal import Principal
from shared.imports.intake import Intake, Target
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext


def items_in(settings: Any) -> Target:
    """Tables of items in a county, whose departments and categories its settings name."""
    lists = CountyLists(settings.department_names, settings.category_names)

    async def intake(context: UseCaseContext, principal: Principal, row: ImportRow) -> Intake:
        require_import(principal, row.area)
        items = use_cases(context, departments=lists.departments, categories=lists.categories).items
        return ItemIntake(context, principal, items, lists, content_of_row)

    return Target(TARGET, intake)
