"""Tables of organisations as something that can be imported, and the long work that writes them."""

from collections.abc import Mapping
from typing import Any

from services.registry.organisation_tables.service import (
    ORGANISATIONS_OUT,
    TARGET,
    OrganisationIntake,
    exported_page,
    require_import,
)
from services.registry.wiring import use_cases
from shared.auth.principal import Principal
from shared.exports.areas import Page, area_export_kind
from shared.imports.intake import Intake, Target
from shared.imports.tables import ImportRow
from shared.imports.taking import ImportParts
from shared.jobs.context import JobKind
from shared.messaging.context import UseCaseContext


async def _intake(context: UseCaseContext, principal: Principal, row: ImportRow) -> Intake:
    require_import(principal, row.area)
    return OrganisationIntake(context, principal, row, use_cases(context).organisations)


ORGANISATIONS = Target(TARGET, _intake)


async def _page(context: UseCaseContext, principal: Principal, asked: Mapping[str, Any], after: Any) -> Page:
    return await exported_page(use_cases(context).organisation_reads, principal, asked, after)


def export_kind(parts: ImportParts) -> JobKind:
    """The kind of long work that writes exports of organisations."""
    return area_export_kind(parts, ORGANISATIONS_OUT, _page)
