"""Long work of tables under test, as the worker has it."""

from typing import Any

from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.imports.taking import ImportParts
from shared.imports.work import import_kinds
from shared.jobs.context import JobKind
from shared.ledgers.accounts.exporting import statement_kind
from shared.ledgers.records.wiring import LedgerParts
from shared.ledgers.sheets.exporting import export_kind
from shared.ledgers.sheets.intake import record_target
from shared.messaging.context import PlainContext
from shared.process import plain_context
from shared.service import ServiceSpec
from shared.settings import ServiceSettings
from shared.testing.doors import HeardAccesses


def unlogged() -> AccessLog:
    """An access log in memory."""
    return HeardAccesses()  # type: ignore[return-value]  # the same three methods


def kinds_of(
    spec: ServiceSpec,
    settings: ServiceSettings,
    parts: LedgerParts,
    database: Database,
    crypto: Crypto,
    clock: Clock,
    access_log: AccessLog,
) -> dict[str, JobKind]:
    """The kinds of long work by name."""

    def context_of(session: Any) -> PlainContext:
        return plain_context(session, spec, clock, crypto)

    given = ImportParts(
        targets=[record_target(parts)],
        database=database,
        archive=Archive(FileStore.from_settings(settings, spec.name), database, crypto, clock),
        crypto=crypto,
        clock=clock,
        access_log=access_log,
        lineage=spec.lineage,
        context_of=context_of,
        rate_per_minute=settings.rate_per_minute,
    )
    return {kind.name: kind for kind in (*import_kinds(given), export_kind(given, parts), statement_kind(given, parts))}
