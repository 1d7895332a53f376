"""DDL of the outbox, called by the first migration of every service."""

from alembic.operations import Operations

from shared.db.waking import MARK
from shared.messaging.outbox.tables import SHARDS

_CREATE = (
    f"""
    CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY,
        created_at timestamptz NOT NULL DEFAULT now(),
        event_id uuid NOT NULL,
        shard smallint NOT NULL,
        noun text NOT NULL,
        key text NOT NULL,
        type text NOT NULL,
        schema_version smallint NOT NULL,
        sequence bigint NOT NULL,
        revision bigint NOT NULL,
        occurred_at timestamptz NOT NULL,
        payload bytea NOT NULL,
        traceparent text,
        published_at timestamptz,
        broker text,
        CONSTRAINT pk_outbox PRIMARY KEY (id, created_at),
        CONSTRAINT ck_outbox_shard CHECK (shard >= 0 AND shard < {SHARDS})
    ) PARTITION BY RANGE (created_at)
    """,
    "CREATE INDEX ix_outbox_unpublished ON outbox (id) WHERE published_at IS NULL",
    # A day for which nobody made a partition in time must not stop the county.
    "CREATE TABLE outbox_default PARTITION OF outbox DEFAULT",
    """
    CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_notify('outbox', '');
        RETURN NULL;
    END
    $$
    """,
    """
    CREATE TRIGGER outbox_notify AFTER INSERT ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify()
    """,
)


def create(op: Operations) -> None:
    """Create the outbox, partitioned by day, and the NOTIFY trigger that wakes its relay."""
    for statement in _CREATE:
        op.execute(statement)


def leave_notice_to_writers(op: Operations) -> None:
    """Writers that say they notify after their commit (`shared.db.waking`) are not notified for inside it."""
    op.execute(_notify(f"IF current_setting('{MARK}', true) = 'on' THEN RETURN NULL; END IF;"))


def notify_always(op: Operations) -> None:
    op.execute(_notify(""))


def _notify(unless: str) -> str:
    return f"""
    CREATE OR REPLACE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {unless}
        PERFORM pg_notify('outbox', '');
        RETURN NULL;
    END
    $$
    """


def drop(op: Operations) -> None:
    op.execute("DROP TABLE outbox")
    op.execute("DROP FUNCTION outbox_notify()")
