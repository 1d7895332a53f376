"""DDL of the consuming side's tables, for the first migration of every service. Frozen once released."""

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
    # room on the page: most writes are updates of rows whose indexed columns stay
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
    """
    CREATE TABLE inbox (
      effect text NOT NULL,
      event_id uuid NOT NULL,
      claimed_at timestamptz NOT NULL,
      CONSTRAINT pk_inbox PRIMARY KEY (effect, event_id)
    )
    """,
    "CREATE INDEX ix_inbox_claimed_at ON inbox (claimed_at)",
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

_TABLES = (
    "consumer_progress",
    "broker_seen",
    "inbox",
    "parked_keys",
    "dead_letters",
    "pending",
    "projected_states",
    "projection_slots",
)


def create(op: Operations) -> None:
    """Makes every table of the consuming side."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    """Takes them away again."""
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
