"""DDL of the tables of HTTP, for the first migration of every service."""

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE idempotency_keys (
        digest bytea NOT NULL,
        created_at timestamptz NOT NULL,
        fingerprint bytea NOT NULL,
        answer bytea NOT NULL,
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (digest, created_at)
    ) PARTITION BY RANGE (created_at)
    """,
    "CREATE TABLE idempotency_keys_default PARTITION OF idempotency_keys DEFAULT",
    # Two statements in one round trip. The second must see what was committed before the lock was had: only a volatile
    # function takes a new snapshot for it, a single statement would not.
    """
    CREATE FUNCTION idempotency_look(
        lock bigint, key_digest bytea, since timestamptz, OUT locked boolean, OUT fingerprint bytea, OUT answer bytea
    ) LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        locked := pg_try_advisory_xact_lock(lock);
        SELECT stored.fingerprint, stored.answer INTO fingerprint, answer FROM idempotency_keys AS stored
        WHERE stored.digest = key_digest AND stored.created_at > since ORDER BY stored.created_at DESC LIMIT 1;
    END
    $$
    """,
    """
    CREATE UNLOGGED TABLE rate_buckets (
        name text NOT NULL,
        caller text NOT NULL,
        tokens double precision NOT NULL,
        granted boolean NOT NULL,
        updated_at timestamptz NOT NULL,
        CONSTRAINT pk_rate_buckets PRIMARY KEY (name, caller)
    ) WITH (fillfactor = 50)
    """,
)


def create(op: Operations) -> None:
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    op.execute("DROP TABLE rate_buckets")
    op.execute("DROP FUNCTION idempotency_look(bigint, bytea, timestamptz)")
    op.execute("DROP TABLE idempotency_keys")
