"""Exports of residents as the house knows them."""

from typing import Any

from services.registry.person_exports.api import router
from services.registry.person_exports.jobs import export_kind
from shared.feature import Feature
from shared.imports.taking import ImportParts
from shared.jobs.context import JobKind


def _jobs(worker: Any) -> tuple[JobKind, ...]:
    return (export_kind(ImportParts.of(worker)),)


FEATURE = Feature(
    router=router,
    tag="person exports",
    about="居民名册导出：按区域和用途，脱敏，带水印。 Exports of residents: by area and purpose, masked",
    jobs=_jobs,
)
