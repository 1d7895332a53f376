"""DDL of the consumers' progress, for the first migration of every service."""

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE broker_seen (
      reader text NOT NULL,
      cluster_id text NOT NULL,
      seen_at timestamptz NOT NULL,
      CONSTRAINT pk_broker_seen PRIMARY KEY (reader)
    )
    """,
    """
    CREATE TABLE consumer_progress (
      reader text NOT NULL,
      topic text NOT NULL,
      partition integer NOT NULL,
      noun text NOT NULL,
      cluster_id text NOT NULL,
      position bigint NOT NULL,
      end_offset bigint NOT NULL,
      newest timestamptz,
      updated_at timestamptz NOT NULL,
      CONSTRAINT pk_consumer_progress PRIMARY KEY (reader, topic, partition)
    )
    """,
    "CREATE INDEX ix_consumer_progress_noun ON consumer_progress (noun)",
)


def create(op: Operations) -> None:
    """Creates the tables as they were at the first migration."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    """Drops them again, the last one first."""
    for table in ("consumer_progress", "broker_seen"):
        op.execute(f"DROP TABLE {table}")
