"""DDL of the tables of imports, for a migration of every service. Frozen once released."""

from typing import Any

_CREATE = (
    """
    CREATE TABLE imports (
        id uuid NOT NULL,
        version bigint NOT NULL,
        target text NOT NULL,
        file uuid NOT NULL,
        sheet text,
        area text COLLATE "C" NOT NULL,
        status text NOT NULL,
        error_code text,
        errors jsonb NOT NULL,
        counts jsonb NOT NULL,
        unknown_columns jsonb NOT NULL,
        skipped jsonb NOT NULL,
        requested_by text NOT NULL,
        grants jsonb NOT NULL,
        job uuid NOT NULL,
        created_at timestamptz NOT NULL,
        checked_at timestamptz,
        finished_at timestamptz,
        CONSTRAINT pk_imports PRIMARY KEY (id),
        CONSTRAINT ck_imports_status
            CHECK (status IN ('checking', 'checked', 'refused', 'committing', 'done', 'cancelled'))
    )
    """,
    "CREATE INDEX ix_imports_target ON imports (target, id)",
    """
    CREATE TABLE import_findings (
        import_id uuid NOT NULL,
        number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        "row" integer NOT NULL,
        "column" text,
        field text,
        code text NOT NULL,
        message text NOT NULL,
        CONSTRAINT pk_import_findings PRIMARY KEY (import_id, number),
        CONSTRAINT fk_import_findings_import_id FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE imported_rows (
        target text NOT NULL,
        digest bytea NOT NULL,
        occurrence smallint NOT NULL,
        import_id uuid NOT NULL,
        CONSTRAINT pk_imported_rows PRIMARY KEY (target, digest, occurrence)
    )
    """,
)


def create(op: Any) -> None:
    """Create the tables. `op` is the module `alembic.op`."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Any) -> None:
    """Drop the tables."""
    for table in ("imported_rows", "import_findings", "imports"):
        op.execute(f"DROP TABLE {table}")
