"""Long work of tables of registry's nouns, in and out, under test, as registry's worker has it."""

from typing import Any

from services.registry.facility_tables.jobs import FACILITIES
from services.registry.facility_tables.jobs import export_kind as facilities_out
from services.registry.features import SPEC
from services.registry.list_tables.jobs import LISTS
from services.registry.organisation_tables.jobs import ORGANISATIONS
from services.registry.organisation_tables.jobs import export_kind as organisations_out
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
        targets=[PERSONS, ORGANISATIONS, FACILITIES, LISTS],
        database=database,
        archive=archive,
        crypto=crypto,
        clock=clock,
        access_log=log,
        lineage=SPEC.lineage,
        context_of=context_of,
        rate_per_minute=1_000,
    )
    exports = (export_kind(parts), organisations_out(parts), facilities_out(parts))
    kept = (retention.run_kind(parts), retention.export_kind(parts))
    return {kind.name: kind for kind in (*import_kinds(parts), *exports, *kept)}
