"""DDL of checksums, questions and differences, for a migration of every service. Frozen once released."""

from typing import Any

_TABLES = (
    """
    CREATE TABLE checksums (
        noun text NOT NULL,
        version bigint NOT NULL,
        taken_at timestamptz NOT NULL,
        counts bigint[] NOT NULL,
        sums text[] NOT NULL,
        run bigint,
        reader text,
        buckets integer[] NOT NULL,
        CONSTRAINT pk_checksums PRIMARY KEY (noun)
    )
    """,
    """
    CREATE TABLE comparisons_due (
        noun text NOT NULL,
        due_at timestamptz NOT NULL,
        tries integer NOT NULL,
        CONSTRAINT pk_comparisons_due PRIMARY KEY (noun)
    )
    """,
    """
    CREATE TABLE checksum_questions (
        noun text NOT NULL,
        version bigint NOT NULL,
        asked_at timestamptz NOT NULL,
        buckets integer[] NOT NULL,
        answered_at timestamptz,
        CONSTRAINT pk_checksum_questions PRIMARY KEY (noun)
    )
    """,
    """
    CREATE TABLE state_differences (
        number bigint GENERATED ALWAYS AS IDENTITY,
        noun text NOT NULL,
        aggregate text NOT NULL,
        kind text NOT NULL,
        held bigint,
        told bigint,
        found_at timestamptz NOT NULL,
        mended_at timestamptz,
        CONSTRAINT pk_state_differences PRIMARY KEY (number),
        CONSTRAINT ck_state_differences_kind CHECK (kind IN ('missing', 'behind', 'surplus')),
        CONSTRAINT ck_state_differences_held CHECK ((held IS NULL) = (kind = 'missing'))
    )
    """,
    "CREATE INDEX ix_state_differences_noun ON state_differences (noun, number)",
    "CREATE UNIQUE INDEX ix_state_differences_surplus ON state_differences (noun, aggregate) WHERE mended_at IS NULL",
)


def create(op: Any) -> None:
    """Create the tables. `op` is the module `alembic.op`."""
    for statement in _TABLES:
        op.execute(statement)


def drop(op: Any) -> None:
    """Undo `create`."""
    for table in ("state_differences", "checksum_questions", "comparisons_due", "checksums"):
        op.execute(f"DROP TABLE {table}")
