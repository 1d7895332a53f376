"""Tables of facilities as something that can be imported, and the long work that writes them."""

from collections.abc import Mapping
from typing import Any

from services.registry.facility_tables.service import (
    FACILITIES_OUT,
    TARGET,
    FacilityIntake,
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
    return FacilityIntake(context, principal, row, use_cases(context).facilities)


FACILITIES = Target(TARGET, _intake)


async def _page(context: UseCaseContext, principal: Principal, asked: Mapping[str, Any], after: Any) -> Page:
    return await exported_page(use_cases(context).facility_reads, principal, asked, after)


def export_kind(parts: ImportParts) -> JobKind:
    """The kind of long work that writes exports of facilities."""
    return area_export_kind(parts, FACILITIES_OUT, _page)
