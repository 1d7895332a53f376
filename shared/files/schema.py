"""DDL of the table of files, for a migration of every service. Frozen once released."""

from typing import Any

_CREATE = (
    """
    CREATE TABLE files (
        id uuid NOT NULL,
        kind text,
        size bigint,
        digest bytea,
        key bytea,
        name bytea,
        uploaded_by text NOT NULL,
        uploaded_at timestamptz NOT NULL,
        expires_at timestamptz,
        noun text,
        object_id uuid,
        area text COLLATE "C",
        department text,
        permission text,
        CONSTRAINT pk_files PRIMARY KEY (id),
        CONSTRAINT ck_files_whole CHECK (kind IS NULL OR (size IS NOT NULL AND digest IS NOT NULL AND key IS NOT NULL)),
        CONSTRAINT ck_files_owner CHECK ((noun IS NULL) = (object_id IS NULL) AND (noun IS NULL) = (permission IS NULL))
    )
    """,
    "CREATE INDEX ix_files_expires ON files (expires_at) WHERE expires_at IS NOT NULL",
    "CREATE INDEX ix_files_object ON files (object_id) WHERE object_id IS NOT NULL",
)


_CLOSE_IMPORTED = """
    UPDATE files SET permission = 'by_object', expires_at = uploaded_at + interval '92 days' WHERE noun = 'import'
    """
_OPEN_IMPORTED = "UPDATE files SET permission = 'record.import', expires_at = NULL WHERE noun = 'import'"


def create(op: Any) -> None:
    """Create the table. `op` is the module `alembic.op`."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Any) -> None:
    """Drop the table."""
    op.execute("DROP TABLE files")


def close_imported(op: Any) -> None:
    """Tables that were imported are read through their import alone, and kept as long as it is."""
    op.execute(_CLOSE_IMPORTED)


def open_imported(op: Any) -> None:
    """Undo `close_imported`."""
    op.execute(_OPEN_IMPORTED)
