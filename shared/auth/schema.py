"""DDL of the access log's two tables. Both are partitioned by month; a default partition takes what has none yet."""

from alembic.operations import Operations


def create(op: Operations) -> None:
    op.execute(
        """
        CREATE TABLE access_log (
            writer text NOT NULL,
            batch bigint NOT NULL,
            position integer NOT NULL,
            at timestamptz NOT NULL,
            occurred_at timestamptz NOT NULL,
            subject text NOT NULL,
            role text,
            purpose text,
            action text NOT NULL,
            noun text NOT NULL,
            object_id text,
            area text COLLATE "C",
            detail text NOT NULL,
            result text NOT NULL,
            request_id text,
            CONSTRAINT pk_access_log PRIMARY KEY (writer, batch, position, at)
        ) PARTITION BY RANGE (at)
        """
    )
    op.execute("CREATE INDEX ix_access_log_noun_object_id_at ON access_log (noun, object_id, at)")
    op.execute(
        """
        CREATE TABLE access_log_batches (
            writer text NOT NULL,
            number bigint NOT NULL,
            at timestamptz NOT NULL,
            count integer NOT NULL,
            previous bytea NOT NULL,
            hash bytea NOT NULL,
            CONSTRAINT pk_access_log_batches PRIMARY KEY (writer, number, at)
        ) PARTITION BY RANGE (at)
        """
    )
    for table in ("access_log", "access_log_batches"):
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")


def drop(op: Operations) -> None:
    op.execute("DROP TABLE access_log_batches")
    op.execute("DROP TABLE access_log")
