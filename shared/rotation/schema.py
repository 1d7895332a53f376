"""DDL of what the rotation of keys needs, for a migration of every service. Frozen once released."""

from collections.abc import Sequence
from typing import Any

_CREATE = (
    """
    CREATE TABLE held_keys (
        ring text NOT NULL,
        key_id text NOT NULL,
        since timestamptz NOT NULL,
        cleared_at timestamptz,
        CONSTRAINT pk_held_keys PRIMARY KEY (ring, key_id),
        CONSTRAINT ck_held_keys_ring CHECK (ring IN ('field', 'index'))
    )
    """,
    "ALTER TABLE ledger_index ADD COLUMN key_id text",
    """
    CREATE FUNCTION resealed_only() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        before bytea;
        after bytea;
    BEGIN
        EXECUTE format('SELECT ($1).%1$I, ($2).%1$I', TG_ARGV[0]) INTO before, after USING OLD, NEW;
        -- sealed bytes: version, length of the key's id, the id, then as many bytes as the value makes
        IF before IS NULL OR after IS NULL OR length(after) < 2
            OR substring(before FROM 1 FOR 2 + get_byte(before, 1)) = substring(after FROM 1 FOR 2 + get_byte(after, 1))
            OR length(before) - get_byte(before, 1) <> length(after) - get_byte(after, 1)
        THEN
            RAISE EXCEPTION 'rows of % are not changed, but for what is sealed under another key', TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
    $$
    """,
)
_KIT = (("ledger_record_steps", "note"), ("ledger_postings", "remark"))
"""Append-only tables of the kit, and what is sealed in them."""


def create(op: Any, more: Sequence[tuple[str, str]] = ()) -> None:
    """Create the table and its kin. `op` is the module `alembic.op`; `more`: append-only tables of the service."""
    for statement in _CREATE:
        op.execute(statement)
    for table, column in (*_KIT, *more):
        op.execute(
            f"CREATE TRIGGER resealed_only BEFORE UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION resealed_only('{column}')"
        )


def drop(op: Any, more: Sequence[tuple[str, str]] = ()) -> None:
    """Undo `create`."""
    for table, _ in (*_KIT, *more):
        op.execute(f"DROP TRIGGER resealed_only ON {table}")
    op.execute("DROP FUNCTION resealed_only()")
    op.execute("ALTER TABLE ledger_index DROP COLUMN key_id")
    op.execute("DROP TABLE held_keys")
