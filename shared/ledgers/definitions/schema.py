"""DDL of the tables of definitions, for one migration of every service. Frozen once released."""

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE ledgers (
        code text NOT NULL,
        version bigint NOT NULL,
        status text NOT NULL,
        published_version integer NOT NULL,
        retired_on date,
        CONSTRAINT pk_ledgers PRIMARY KEY (code),
        CONSTRAINT ck_ledgers_status CHECK (status IN ('published', 'retired')),
        CONSTRAINT ck_ledgers_retired CHECK ((status = 'retired') = (retired_on IS NOT NULL))
    )
    """,
    """
    CREATE TABLE ledger_versions (
        code text NOT NULL,
        number integer NOT NULL,
        definition jsonb NOT NULL,
        digest bytea NOT NULL,
        additive boolean NOT NULL,
        mapping jsonb,
        opens_on date NOT NULL,
        drafted_by text NOT NULL,
        published_by text NOT NULL,
        published_at timestamptz NOT NULL,
        CONSTRAINT pk_ledger_versions PRIMARY KEY (code, number),
        CONSTRAINT fk_ledger_versions_code FOREIGN KEY (code) REFERENCES ledgers (code),
        CONSTRAINT ck_ledger_versions_number CHECK (number >= 1),
        CONSTRAINT ck_ledger_versions_two_people CHECK (drafted_by <> published_by)
    )
    """,
    """
    CREATE TABLE ledger_drafts (
        code text NOT NULL,
        version bigint NOT NULL,
        definition jsonb NOT NULL,
        mapping jsonb,
        opens_on date,
        drafted_by text NOT NULL,
        drafters jsonb NOT NULL,
        drafted_at timestamptz NOT NULL,
        CONSTRAINT pk_ledger_drafts PRIMARY KEY (code)
    )
    """,
)

_TABLES = ("ledger_drafts", "ledger_versions", "ledgers")


def create(op: Operations) -> None:
    """Create the tables."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    """Drop them."""
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
