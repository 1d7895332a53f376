"""Retention runs as the house knows them."""

from typing import Any

from services.registry.retention_runs.api import router
from services.registry.retention_runs.domain import OpenMatter, RowOutcome, RunStatus
from services.registry.retention_runs.jobs import export_kind, run_kind
from shared.feature import Feature
from shared.imports.taking import ImportParts
from shared.jobs.context import JobKind
from shared.reference.codes import published


def _jobs(worker: Any) -> tuple[JobKind, ...]:
    parts = ImportParts.of(worker)
    return run_kind(parts), export_kind(parts)


FEATURE = Feature(
    router=router,
    tag="retention_runs",
    about="保存期满清除：试算、清单、按两人决定逐人清除。 Entries of which the years are over: dry run, table, runs",
    jobs=_jobs,
    code_lists=(
        published("retention_run_statuses", "批量清除状态", RunStatus),
        published("retention_outcomes", "批量清除结果", RowOutcome),
        published("open_matters", "在办事项", OpenMatter),
    ),
)
