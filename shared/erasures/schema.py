"""DDL of erasures, for a migration of every service. Frozen once released."""

from typing import Any

_TABLE = (
    """
    CREATE TABLE erasure_tasks (
        id uuid NOT NULL,
        version bigint NOT NULL,
        persons uuid[] NOT NULL,
        asked_at timestamptz NOT NULL,
        done_at timestamptz,
        counts jsonb NOT NULL,
        CONSTRAINT pk_erasure_tasks PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_erasure_tasks_waiting ON erasure_tasks (id) WHERE done_at IS NULL",
)


_FUNCTION = """
    CREATE OR REPLACE FUNCTION resealed_only() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        before bytea;
        after bytea;
    BEGIN
        EXECUTE format('SELECT ($1).%1$I, ($2).%1$I', TG_ARGV[0]) INTO before, after USING OLD, NEW;
        <erased>
        -- sealed bytes: version, length of the key's id, the id, then as many bytes as the value makes
        IF before IS NULL OR after IS NULL OR length(before) < 2 OR length(after) < 2
            OR substring(before FROM 1 FOR 2 + get_byte(before, 1)) = substring(after FROM 1 FOR 2 + get_byte(after, 1))
            OR length(before) - get_byte(before, 1) <> length(after) - get_byte(after, 1)
        THEN
            RAISE EXCEPTION 'rows of % are not changed, but for <what>', TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
    $$
    """
_ERASED = """IF after IS NULL OR length(after) = 0 THEN
            RETURN NEW;  -- erased: what was said is gone, that something was done stays
        END IF;
        """


def _only(erased: str, what: str) -> str:
    return _FUNCTION.replace("<erased>", erased).replace("<what>", what)


def create(op: Any) -> None:
    """Create the table; what is sealed in append-only rows may be erased. `op` is the module `alembic.op`."""
    for statement in _TABLE:
        op.execute(statement)
    op.execute(_only(_ERASED, "what is erased, or sealed under another key"))


def drop(op: Any) -> None:
    """Undo `create`."""
    op.execute(_only("", "what is sealed under another key"))
    op.execute("DROP TABLE erasure_tasks")
