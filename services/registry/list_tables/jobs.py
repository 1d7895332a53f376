"""Departments' lists as something that can be imported."""

from datetime import timedelta

from services.registry.list_tables.domain import PREFIX
from services.registry.list_tables.service import ListIntake, require_import
from services.registry.wiring import use_cases
from shared.auth.principal import Principal
from shared.imports.intake import Intake, Target
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext

LEFT_FOR = timedelta(days=7)
"""How long a list is kept after it was taken in: for its report."""


async def _intake(context: UseCaseContext, principal: Principal, row: ImportRow) -> Intake:
    require_import(principal, row.area)
    return ListIntake(context, principal, row, use_cases(context).benefit_applying)


LISTS = Target(PREFIX.rstrip(":"), _intake, left_for=LEFT_FOR)
