"""Long work of exports of residents."""

from collections.abc import Mapping
from typing import Any

from services.registry.person_exports.service import PERSONS_OUT, exported_page
from services.registry.wiring import use_cases
from shared.auth.principal import Principal
from shared.exports.areas import Page, area_export_kind
from shared.imports.taking import ImportParts
from shared.jobs.context import JobKind
from shared.messaging.context import UseCaseContext


async def _page(context: UseCaseContext, principal: Principal, asked: Mapping[str, Any], after: Any) -> Page:
    return await exported_page(use_cases(context).persons, principal, asked, after)


def export_kind(parts: ImportParts) -> JobKind:
    """The kind of long work that writes exports of residents."""
    return area_export_kind(parts, PERSONS_OUT, _page)
