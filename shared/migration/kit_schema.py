"""The kit's own tables, the same in every service database: what the first migration of each service calls."""

from typing import Any

from sqlalchemy import MetaData

from shared import schedules

# The modules that declare tables are imported so that KitBase.metadata is whole.
from shared.auth import schema as auth
from shared.auth import tables as auth_tables  # noqa: F401  (declares access_log)
from shared.db.base import KitBase
from shared.erasures import schema as erasures
from shared.erasures import tables as erasure_tables  # noqa: F401  (declares erasure_tasks)
from shared.files import schema as files
from shared.files import tables as file_tables  # noqa: F401  (declares files)
from shared.http import schema as http
from shared.http import tables as http_tables  # noqa: F401  (declares idempotency_keys, rate_buckets)
from shared.imports import schema as imports
from shared.imports import tables as import_tables  # noqa: F401  (declares imports and its kin)
from shared.jobs import schema as jobs
from shared.jobs import tables as jobs_tables  # noqa: F401  (declares jobs)
from shared.ledgers.accounts import models as account_tables  # noqa: F401  (declares ledger_accounts and its kin)
from shared.ledgers.accounts import schema as accounts
from shared.ledgers.definitions import models as ledger_tables  # noqa: F401  (declares ledgers and their versions)
from shared.ledgers.definitions import schema as ledgers
from shared.ledgers.forms import schema as forms
from shared.ledgers.forms.devices import models as device_tables  # noqa: F401
from shared.ledgers.forms.openrosa import models as submission_tables  # noqa: F401
from shared.ledgers.records import models as record_tables  # noqa: F401  (declares ledger_records and its kin)
from shared.ledgers.records import schema as records
from shared.messaging.dead_letters import schema as dead_letters
from shared.messaging.dead_letters import store  # noqa: F401
from shared.messaging.outbox import schema as outbox
from shared.messaging.outbox import tables as outbox_tables  # noqa: F401
from shared.messaging.projection import differences, pending, states  # noqa: F401
from shared.messaging.projection import schema as projection
from shared.messaging.reading import progress  # noqa: F401
from shared.messaging.reading import schema as reading
from shared.reconciliation import schema as reconciliation
from shared.reconciliation import tables as reconciliation_tables  # noqa: F401  (declares checksums and questions)
from shared.rotation import schema as rotation
from shared.rotation import tables as rotation_tables  # noqa: F401  (declares held_keys)

KIT: MetaData = KitBase.metadata
_PARTS = (outbox, projection, dead_letters, reading, http, auth, jobs, schedules)


def create_0001(op: Any) -> None:
    """Create every table of the kit as it was at the first migration. `op` is the module `alembic.op`."""
    for part in _PARTS:
        part.create(op)


def drop_0001(op: Any) -> None:
    """Drop them again."""
    for part in reversed(_PARTS):
        part.drop(op)


def write_together(op: Any) -> None:
    """What group commits need: keys stored once by the table's own refusal, and NOTIFY after the commit."""
    http.store_keys_once(op)
    outbox.leave_notice_to_writers(op)


def write_apart(op: Any) -> None:
    """Undo `write_together`."""
    outbox.notify_always(op)
    http.store_keys_blindly(op)


def keep_records(op: Any) -> None:
    """Tables of the records of ledgers."""
    records.create(op)


def keep_no_records(op: Any) -> None:
    """Undo `keep_records`."""
    records.drop(op)


def define_ledgers(op: Any) -> None:
    """Tables of the definitions of ledgers."""
    ledgers.create(op)


def define_no_ledgers(op: Any) -> None:
    """Undo `define_ledgers`."""
    ledgers.drop(op)


def take_forms(op: Any) -> None:
    """Tables of devices and submissions."""
    forms.create(op)


def take_no_forms(op: Any) -> None:
    """Undo `take_forms`."""
    forms.drop(op)


def keep_files(op: Any) -> None:
    """Table of the files that people hand in."""
    files.create(op)


def keep_no_files(op: Any) -> None:
    """Undo `keep_files`."""
    files.drop(op)


def keep_imports(op: Any) -> None:
    """Tables of imports."""
    imports.create(op)


def keep_no_imports(op: Any) -> None:
    """Undo `keep_imports`."""
    imports.drop(op)


def keep_fills(op: Any) -> None:
    """Table of search fields of ledgers whose index is being filled."""
    records.create_fills(op)


def keep_no_fills(op: Any) -> None:
    """Undo `keep_fills`."""
    records.drop_fills(op)


def keep_waiting_files(op: Any) -> None:
    """Table of files that wait for the rest of their instance."""
    forms.create_waiting(op)


def keep_no_waiting_files(op: Any) -> None:
    """Undo `keep_waiting_files`."""
    forms.drop_waiting(op)


def index_statuses_of_areas(op: Any) -> None:
    """Records of a status in an area out of one index."""
    records.index_statuses_of_areas(op)


def index_areas(op: Any) -> None:
    """Undo `index_statuses_of_areas`."""
    records.index_areas(op)


def keep_accounts(op: Any) -> None:
    """Tables of the accounts of ledgers."""
    accounts.create(op)


def keep_no_accounts(op: Any) -> None:
    """Undo `keep_accounts`."""
    accounts.drop(op)


def close_imported_files(op: Any) -> None:
    """Tables that were imported are read through their import alone."""
    files.close_imported(op)


def open_imported_files(op: Any) -> None:
    """Undo `close_imported_files`."""
    files.open_imported(op)


def rotate_keys(op: Any, *append_only: tuple[str, str]) -> None:
    """What the rotation of keys needs. `append_only`: tables of the service, and what is sealed in them."""
    rotation.create(op, append_only)


def rotate_no_keys(op: Any, *append_only: tuple[str, str]) -> None:
    """Undo `rotate_keys`."""
    rotation.drop(op, append_only)


def erase_persons(op: Any) -> None:
    """Table of erasures, and that what is sealed in append-only rows may be erased."""
    erasures.create(op)


def erase_nobody(op: Any) -> None:
    """Undo `erase_persons`."""
    erasures.drop(op)


def reconcile(op: Any) -> None:
    """Tables of checksums, questions and differences."""
    reconciliation.create(op)


def reconcile_nothing(op: Any) -> None:
    """Undo `reconcile`."""
    reconciliation.drop(op)
