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


_ONCE = (
    # What the statement of `shared.db.rows` fails with if a row that its new rows refer to has changed.
    """
    CREATE FUNCTION rows_as_seen(held boolean) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT held THEN
            RAISE serialization_failure USING MESSAGE = 'a row that was read has changed';
        END IF;
        RETURN true;
    END
    $$
    """,
    # Volatile: its look is one of after the lock, and sees a key that the same statement brings twice.
    """
    CREATE FUNCTION idempotency_once() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        IF NOT pg_try_advisory_xact_lock(('x' || encode(substr(NEW.digest, 1, 8), 'hex'))::bit(64)::bigint)
            OR EXISTS (SELECT FROM idempotency_keys AS stored WHERE stored.digest = NEW.digest
                       AND stored.created_at > NEW.created_at - interval '7 days')
        THEN
            RAISE unique_violation USING MESSAGE = 'the key is stored once', CONSTRAINT = 'once_idempotency_keys';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER idempotency_once BEFORE INSERT ON idempotency_keys
    FOR EACH ROW EXECUTE FUNCTION idempotency_once()
    """,
)


def create(op: Operations) -> None:
    for statement in _CREATE:
        op.execute(statement)


def store_keys_once(op: Operations) -> None:
    """Make the table refuse a key that is stored already, or is being stored."""
    for statement in _ONCE:
        op.execute(statement)


def store_keys_blindly(op: Operations) -> None:
    op.execute("DROP TRIGGER idempotency_once ON idempotency_keys")
    op.execute("DROP FUNCTION idempotency_once()")
    op.execute("DROP FUNCTION rows_as_seen(boolean)")


def drop(op: Operations) -> None:
    op.execute("DROP TABLE rate_buckets")
    op.execute("DROP FUNCTION idempotency_look(bigint, bytea, timestamptz)")
    op.execute("DROP TABLE idempotency_keys")
