"""DDL of the dead letters, for the first migration of every service."""

from typing import Any

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE dead_letters (
      id uuid NOT NULL,
      number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
      consumer_group text NOT NULL,
      topic text NOT NULL,
      partition integer NOT NULL,
      record_offset bigint NOT NULL,
      record_key bytea,
      record_value bytea,
      header_names text[] NOT NULL,
      header_values bytea[] NOT NULL,
      sealed boolean NOT NULL DEFAULT false,
      fingerprint bytea NOT NULL,
      noun text,
      aggregate text,
      code text NOT NULL,
      attempts integer NOT NULL,
      status text NOT NULL,
      created_at timestamptz NOT NULL,
      announced_at timestamptz,
      settled_at timestamptz,
      CONSTRAINT pk_dead_letters PRIMARY KEY (id),
      CONSTRAINT uq_dead_letters_consumer_group_topic_fingerprint UNIQUE (consumer_group, topic, fingerprint),
      CONSTRAINT ck_dead_letters_status CHECK (status IN ('dead', 'parked', 'replayed', 'dropped'))
    )
    """,
    "CREATE INDEX ix_dead_letters_open ON dead_letters (topic, record_key) WHERE status IN ('dead', 'parked')",
    """
    CREATE INDEX ix_dead_letters_unannounced ON dead_letters (number) WHERE announced_at IS NULL AND status = 'dead'
    """,
    """
    CREATE TABLE parked_keys (
      topic text NOT NULL,
      record_key bytea NOT NULL,
      since timestamptz NOT NULL,
      CONSTRAINT pk_parked_keys PRIMARY KEY (topic, record_key)
    )
    """,
)


def create(op: Operations) -> None:
    """Creates the tables as they were at the first migration."""
    for statement in _CREATE:
        op.execute(statement)


def keys_by_hash(op: Any) -> None:
    """Index keys by their hash: a stranger's key may be longer than an entry of a b-tree. `op` is `alembic.op`."""
    op.execute("DROP INDEX ix_dead_letters_open")
    op.execute(
        "CREATE INDEX ix_dead_letters_open ON dead_letters USING hash (record_key) WHERE status IN ('dead', 'parked')"
    )


def keys_by_tree(op: Any) -> None:
    """Index them as before."""
    op.execute("DROP INDEX ix_dead_letters_open")
    op.execute(
        "CREATE INDEX ix_dead_letters_open ON dead_letters (topic, record_key) WHERE status IN ('dead', 'parked')"
    )


def drop(op: Operations) -> None:
    """Drops them again, the last one first."""
    for table in ("parked_keys", "dead_letters"):
        op.execute(f"DROP TABLE {table}")
