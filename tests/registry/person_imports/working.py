"""Long work of lists of residents, in and out, under test, as registry's worker has it."""

from typing import Any

from services.registry.features import SPEC
from services.registry.person_exports.jobs import export_kind
from services.registry.person_imports.jobs import PERSONS
from services.registry.retention_runs import jobs as retention
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.files.archive import Archive
from shared.imports.taking import ImportParts
from shared.imports.work import import_kinds
from shared.jobs.context import JobKind
from shared.messaging.context import PlainContext
from shared.process import plain_context


def kinds_of(database: Database, archive: Archive, crypto: Crypto, clock: Clock, log: Any) -> dict[str, JobKind]:
    """The kinds of long work by name. `log`: an access log, or what hears as one does."""

    def context_of(session: Any) -> PlainContext:
        return plain_context(session, SPEC, clock, crypto)

    parts = ImportParts(
        targets=[PERSONS],
        database=database,
        archive=archive,
        crypto=crypto,
        clock=clock,
        access_log=log,
        lineage=SPEC.lineage,
        context_of=context_of,
        rate_per_minute=1_000,
    )
    kept = (retention.run_kind(parts), retention.export_kind(parts))
    return {kind.name: kind for kind in (*import_kinds(parts), export_kind(parts), *kept)}
