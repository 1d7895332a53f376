"""Tables of organisations as the house knows them; the long work of imports is that of every import."""

from typing import Any

from services.registry.organisation_tables.api import router
from services.registry.organisation_tables.jobs import export_kind
from shared.feature import Feature
from shared.imports.taking import ImportParts
from shared.jobs.context import JobKind


def _jobs(worker: Any) -> tuple[JobKind, ...]:
    return (export_kind(ImportParts.of(worker)),)


FEATURE = Feature(
    router=router,
    tag="organisation tables",
    about="组织名册：模板、检查、导入、导出。 Tables of organisations: template, check, import, export",
    jobs=_jobs,
)
