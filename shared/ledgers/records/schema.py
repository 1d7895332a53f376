"""DDL of the tables of records, for migrations of every service. Frozen once released."""

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE ledger_records (
        id uuid NOT NULL,
        version bigint NOT NULL,
        ledger text NOT NULL,
        ledger_version integer NOT NULL,
        area text COLLATE "C" NOT NULL,
        department text,
        subject_id text,
        status text NOT NULL,
        live boolean NOT NULL,
        restricted_topic boolean NOT NULL,
        values jsonb NOT NULL,
        masked bytea,
        personal bytea,
        restricted bytea,
        entered jsonb NOT NULL,
        limits jsonb NOT NULL,
        due_at timestamptz,
        runs_until timestamptz,
        warn_at timestamptz,
        opened_by text NOT NULL,
        opened_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT pk_ledger_records PRIMARY KEY (id),
        CONSTRAINT ck_ledger_records_version CHECK (version >= 1)
    )
    """,
    "CREATE INDEX ix_ledger_records_ledger ON ledger_records (ledger, id)",
    "CREATE INDEX ix_ledger_records_area ON ledger_records (ledger, area, id)",
    "CREATE INDEX ix_ledger_records_status ON ledger_records (ledger, status, id)",
    """
    CREATE INDEX ix_ledger_records_department ON ledger_records (ledger, department, id)
    WHERE department IS NOT NULL
    """,
    "CREATE INDEX ix_ledger_records_subject ON ledger_records (subject_id, ledger) WHERE subject_id IS NOT NULL",
    "CREATE INDEX ix_ledger_records_due ON ledger_records (ledger, due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX ix_ledger_records_warn ON ledger_records (warn_at) WHERE warn_at IS NOT NULL",
    "CREATE INDEX ix_ledger_records_runs ON ledger_records (runs_until) WHERE runs_until IS NOT NULL",
    """
    CREATE TABLE ledger_record_steps (
        record_id uuid NOT NULL,
        version bigint NOT NULL,
        step text NOT NULL,
        status text NOT NULL,
        ledger_version integer NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        fields text[] NOT NULL,
        note bytea,
        CONSTRAINT pk_ledger_record_steps PRIMARY KEY (record_id, version),
        CONSTRAINT fk_ledger_record_steps_record_id FOREIGN KEY (record_id) REFERENCES ledger_records (id)
    )
    """,
    """
    CREATE TABLE ledger_index (
        record_id uuid NOT NULL,
        field text NOT NULL,
        position smallint NOT NULL,
        ledger text NOT NULL,
        text text,
        number numeric,
        day date,
        digest bytea,
        CONSTRAINT pk_ledger_index PRIMARY KEY (record_id, field, position),
        CONSTRAINT fk_ledger_index_record_id FOREIGN KEY (record_id) REFERENCES ledger_records (id),
        CONSTRAINT ck_ledger_index_one CHECK (num_nonnulls(text, number, day, digest) = 1)
    )
    """,
    "CREATE INDEX ix_ledger_index_text ON ledger_index (ledger, field, text, record_id) WHERE text IS NOT NULL",
    "CREATE INDEX ix_ledger_index_number ON ledger_index (ledger, field, number, record_id) WHERE number IS NOT NULL",
    "CREATE INDEX ix_ledger_index_day ON ledger_index (ledger, field, day, record_id) WHERE day IS NOT NULL",
    "CREATE INDEX ix_ledger_index_digest ON ledger_index (digest) WHERE digest IS NOT NULL",
    """
    CREATE TABLE ledger_keys (
        ledger text NOT NULL,
        key_id text NOT NULL,
        digest bytea NOT NULL,
        record_id uuid NOT NULL,
        CONSTRAINT pk_ledger_keys PRIMARY KEY (ledger, key_id, digest),
        CONSTRAINT fk_ledger_keys_record_id FOREIGN KEY (record_id) REFERENCES ledger_records (id)
    )
    """,
    "CREATE INDEX ix_ledger_keys_record ON ledger_keys (record_id)",
)

_FILLS = """
    CREATE TABLE ledger_fills (
        ledger text NOT NULL,
        field text NOT NULL,
        begins_at timestamptz,
        after uuid,
        CONSTRAINT pk_ledger_fills PRIMARY KEY (ledger, field)
    )
    """

_TABLES = ("ledger_keys", "ledger_index", "ledger_record_steps", "ledger_records")


def create(op: Operations) -> None:
    """Create the tables."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    """Drop them."""
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")


def create_fills(op: Operations) -> None:
    """Create the table of search fields whose index is being filled."""
    op.execute(_FILLS)


def drop_fills(op: Operations) -> None:
    """Drop it."""
    op.execute("DROP TABLE ledger_fills")


def index_statuses_of_areas(op: Operations) -> None:
    """What an area's records of a status are found by: out of the index alone."""
    op.execute("DROP INDEX ix_ledger_records_area")
    op.execute("CREATE INDEX ix_ledger_records_area ON ledger_records (ledger, area, status, id)")


def index_areas(op: Operations) -> None:
    """Undo it."""
    op.execute("DROP INDEX ix_ledger_records_area")
    op.execute("CREATE INDEX ix_ledger_records_area ON ledger_records (ledger, area, id)")
