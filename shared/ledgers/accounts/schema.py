"""DDL of the tables of accounts, for one migration of every service. Frozen once released."""

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE ledger_accounts (
        id uuid NOT NULL,
        version bigint NOT NULL,
        ledger text NOT NULL,
        kind text NOT NULL,
        area text COLLATE "C" NOT NULL,
        record_id uuid,
        balance bigint NOT NULL,
        first_on date NOT NULL,
        last_on date NOT NULL,
        CONSTRAINT pk_ledger_accounts PRIMARY KEY (id),
        CONSTRAINT fk_ledger_accounts_record_id FOREIGN KEY (record_id) REFERENCES ledger_records (id),
        CONSTRAINT ck_ledger_accounts_version CHECK (version >= 1)
    )
    """,
    "CREATE INDEX ix_ledger_accounts_ledger ON ledger_accounts (ledger, area, kind, id)",
    "CREATE INDEX ix_ledger_accounts_record ON ledger_accounts (record_id) WHERE record_id IS NOT NULL",
    """
    CREATE TABLE ledger_account_days (
        account_id uuid NOT NULL,
        day date NOT NULL,
        grown bigint NOT NULL,
        shrunk bigint NOT NULL,
        CONSTRAINT pk_ledger_account_days PRIMARY KEY (account_id, day),
        CONSTRAINT fk_ledger_account_days_account_id FOREIGN KEY (account_id) REFERENCES ledger_accounts (id)
    )
    """,
    """
    CREATE TABLE ledger_postings (
        id uuid NOT NULL,
        ledger text NOT NULL,
        ledger_version integer NOT NULL,
        kind text NOT NULL,
        day date NOT NULL,
        reverses uuid,
        crosses boolean NOT NULL,
        restricted_topic boolean NOT NULL,
        remark bytea,
        posted_by text NOT NULL,
        posted_at timestamptz NOT NULL,
        CONSTRAINT pk_ledger_postings PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_ledger_postings_ledger ON ledger_postings (ledger, id)",
    "CREATE INDEX ix_ledger_postings_crosses ON ledger_postings (ledger, id) WHERE crosses",
    "CREATE UNIQUE INDEX uq_ledger_postings_reverses ON ledger_postings (reverses) WHERE reverses IS NOT NULL",
    """
    CREATE TABLE ledger_entries (
        posting_id uuid NOT NULL,
        position smallint NOT NULL,
        account_id uuid NOT NULL,
        day date NOT NULL,
        amount bigint NOT NULL,
        CONSTRAINT pk_ledger_entries PRIMARY KEY (posting_id, position),
        CONSTRAINT fk_ledger_entries_posting_id FOREIGN KEY (posting_id) REFERENCES ledger_postings (id),
        CONSTRAINT fk_ledger_entries_account_id FOREIGN KEY (account_id) REFERENCES ledger_accounts (id)
    )
    """,
    "CREATE INDEX ix_ledger_entries_account ON ledger_entries (account_id, day, posting_id)",
    """
    CREATE TABLE ledger_closings (
        id uuid NOT NULL,
        version bigint NOT NULL,
        ledger text NOT NULL,
        area text COLLATE "C" NOT NULL,
        month text NOT NULL,
        closed_by text NOT NULL,
        closed_at timestamptz NOT NULL,
        reopened_by text,
        reopened_at timestamptz,
        reason bytea,
        CONSTRAINT pk_ledger_closings PRIMARY KEY (id),
        CONSTRAINT ck_ledger_closings_version CHECK (version >= 1),
        CONSTRAINT ck_ledger_closings_reopened CHECK ((reopened_at IS NULL) = (reopened_by IS NULL))
    )
    """,
    "CREATE INDEX ix_ledger_closings_ledger ON ledger_closings (ledger, id)",
    """
    CREATE UNIQUE INDEX uq_ledger_closings_month ON ledger_closings (ledger, area, month)
    WHERE reopened_at IS NULL
    """,
    """
    CREATE TABLE ledger_carried (
        closing_id uuid NOT NULL,
        account_id uuid NOT NULL,
        balance bigint NOT NULL,
        CONSTRAINT pk_ledger_carried PRIMARY KEY (closing_id, account_id),
        CONSTRAINT fk_ledger_carried_closing_id FOREIGN KEY (closing_id) REFERENCES ledger_closings (id),
        CONSTRAINT fk_ledger_carried_account_id FOREIGN KEY (account_id) REFERENCES ledger_accounts (id)
    )
    """,
)

_TABLES = (
    *("ledger_carried", "ledger_closings", "ledger_entries", "ledger_postings"),
    *("ledger_account_days", "ledger_accounts"),
)


def create(op: Operations) -> None:
    """Create the tables."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    """Drop them."""
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
