"""DDL of the table of jobs, for the first migration of every service. Frozen once released."""

from alembic.operations import Operations

_CREATE = (
    """
    CREATE TABLE jobs (
        id uuid NOT NULL,
        number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        kind text NOT NULL,
        params jsonb NOT NULL,
        lane text,
        requested_by text,
        status text NOT NULL,
        cancel_requested boolean NOT NULL,
        attempts integer NOT NULL,
        not_before timestamptz NOT NULL,
        lease_owner uuid,
        lease_until timestamptz,
        heartbeat_at timestamptz,
        cursor jsonb,
        done bigint NOT NULL,
        total bigint,
        counts jsonb NOT NULL,
        error_code text,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        CONSTRAINT pk_jobs PRIMARY KEY (id),
        CONSTRAINT ck_jobs_status CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
        CONSTRAINT ck_jobs_lease CHECK ((status = 'running') = (lease_owner IS NOT NULL))
    )
    """,
    "CREATE INDEX ix_jobs_open ON jobs (number) WHERE status IN ('queued', 'running')",
    """
    CREATE UNIQUE INDEX uq_jobs_lane ON jobs (lane)
    WHERE lane IS NOT NULL AND status IN ('queued', 'running')
    """,
)


def create(op: Operations) -> None:
    """Create the table."""
    for statement in _CREATE:
        op.execute(statement)


def drop(op: Operations) -> None:
    """Drop the table."""
    op.execute("DROP TABLE jobs")
