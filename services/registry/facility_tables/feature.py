"""Tables of facilities as the house knows them; the long work of imports is that of every import."""

from typing import Any

from services.registry.facility_tables.api import router
from services.registry.facility_tables.jobs import export_kind
from shared.feature import Feature
from shared.imports.taking import ImportParts
from shared.jobs.context import JobKind


def _jobs(worker: Any) -> tuple[JobKind, ...]:
    return (export_kind(ImportParts.of(worker)),)


FEATURE = Feature(
    router=router,
    tag="facility tables",
    about="设施名册：模板、检查、导入、导出。 Tables of facilities: template, check, import, export",
    jobs=_jobs,
)
