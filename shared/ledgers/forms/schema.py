"""DDL of the tables of devices and submissions, for one migration of every service. Frozen once released."""

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE ledger_devices (
        id uuid NOT NULL,
        version bigint NOT NULL,
        subject text NOT NULL,
        area text COLLATE "C" NOT NULL,
        secret bytea NOT NULL,
        grants jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        confirmed_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        seen_at timestamptz,
        revoked_at timestamptz,
        revoked_by text,
        CONSTRAINT pk_ledger_devices PRIMARY KEY (id),
        CONSTRAINT ck_ledger_devices_version CHECK (version >= 1),
        CONSTRAINT ck_ledger_devices_revoked CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
    )
    """,
    "CREATE INDEX ix_ledger_devices_subject ON ledger_devices (subject, id)",
    "CREATE INDEX ix_ledger_devices_area ON ledger_devices (area, id)",
    """
    CREATE TABLE ledger_submissions (
        instance_id uuid NOT NULL,
        device_id uuid NOT NULL,
        subject text NOT NULL,
        ledger text NOT NULL,
        form_version integer NOT NULL,
        record_id uuid NOT NULL,
        digest bytea NOT NULL,
        received_at timestamptz NOT NULL,
        CONSTRAINT pk_ledger_submissions PRIMARY KEY (instance_id)
    )
    """,
    "CREATE INDEX ix_ledger_submissions_record ON ledger_submissions (record_id)",
)


_WAITING = """
    CREATE TABLE ledger_waiting_files (
        instance_id uuid NOT NULL,
        digest bytea NOT NULL,
        name bytea NOT NULL,
        subject text NOT NULL,
        file_id uuid NOT NULL,
        CONSTRAINT pk_ledger_waiting_files PRIMARY KEY (instance_id, digest, name),
        CONSTRAINT fk_ledger_waiting_files_file_id FOREIGN KEY (file_id) REFERENCES files (id) ON DELETE CASCADE
    )
    """


def create(op: Operations) -> None:
    """Create the tables."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    """Drop them again."""
    op.execute("DROP TABLE ledger_submissions")
    op.execute("DROP TABLE ledger_devices")


def create_waiting(op: Operations) -> None:
    """Create the table of files that wait for the rest of their instance."""
    op.execute(_WAITING)
    op.execute("CREATE INDEX ix_ledger_waiting_files_file ON ledger_waiting_files (file_id)")


def drop_waiting(op: Operations) -> None:
    """Drop it."""
    op.execute("DROP TABLE ledger_waiting_files")
