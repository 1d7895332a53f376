"""DDL of the projection, for the first migration of every service."""

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE projection_slots (
      id smallint NOT NULL,
      live smallint NOT NULL,
      switched_at timestamptz NOT NULL,
      CONSTRAINT pk_projection_slots PRIMARY KEY (id),
      CONSTRAINT ck_projection_slots_single CHECK (id = 1)
    )
    """,
    """
    CREATE TABLE projected_states (
      slot smallint NOT NULL,
      noun text NOT NULL,
      aggregate text NOT NULL,
      sequence bigint NOT NULL,
      revision bigint NOT NULL,
      state jsonb NOT NULL,
      area text COLLATE "C",
      event_time timestamptz NOT NULL,
      applied_at timestamptz NOT NULL,
      CONSTRAINT pk_projected_states PRIMARY KEY (slot, noun, aggregate)
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE INDEX ix_projected_states_area ON projected_states (slot, noun, area, aggregate) WHERE area IS NOT NULL
    """,
    """
    CREATE TABLE pending (
      slot smallint NOT NULL,
      noun text NOT NULL,
      aggregate text NOT NULL,
      sequence bigint NOT NULL,
      revision bigint NOT NULL,
      waits_noun text NOT NULL,
      waits_aggregate text NOT NULL,
      topic text NOT NULL,
      partition integer NOT NULL,
      record_offset bigint NOT NULL,
      record_key bytea,
      record_value bytea,
      header_names text[] NOT NULL,
      header_values bytea[] NOT NULL,
      since timestamptz NOT NULL,
      CONSTRAINT pk_pending PRIMARY KEY (slot, noun, aggregate)
    )
    """,
    "CREATE INDEX ix_pending_waits_noun_waits_aggregate ON pending (waits_noun, waits_aggregate)",
    "CREATE INDEX ix_pending_since ON pending (since)",
)


def create(op: Operations) -> None:
    """Creates the tables as they were at the first migration."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    """Drops them again, the last one first."""
    for table in ("pending", "projected_states", "projection_slots"):
        op.execute(f"DROP TABLE {table}")
