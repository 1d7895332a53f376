"""Definitions are data: what they are made of, from when on, by whom; drafts; and the rules that are counted by.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KINDS = ("stock", "flow", "ratio", "percentile", "reported", "composite")
BEFORE = ("stock", "flow", "ratio")


def _check(name: str, condition: str) -> None:
    op.execute(f"ALTER TABLE definitions ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")
    op.execute(f"ALTER TABLE definitions VALIDATE CONSTRAINT {name}")


def _kinds(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(one) for one in kinds)})"


def upgrade() -> None:
    for column in (
        sa.Column("formula", postgresql.JSONB(), nullable=True),
        sa.Column("percentile", sa.SmallInteger(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("drafted_by", sa.Text(), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("definitions", column)
    op.alter_column("definitions", "count_measure", nullable=True)
    for constraint in ("ck_definitions_kind", "ck_definitions_ratio_has_base"):
        op.execute(f"ALTER TABLE definitions DROP CONSTRAINT {constraint}")
    _check("ck_definitions_kind", _kinds(KINDS))
    _check("ck_definitions_base_of_ratio", "kind = 'ratio' OR base_measure IS NULL")
    _check("ck_definitions_made_of_something", "count_measure IS NOT NULL OR formula IS NOT NULL")
    _check("ck_definitions_percentile", "(kind = 'percentile') = (percentile IS NOT NULL)")
    _check("ck_definitions_two_people", "drafted_by <> published_by")
    op.create_table(
        "definition_drafts",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("drafters", postgresql.JSONB(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trial", postgresql.JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_definition_drafts")),
    )
    op.create_table(
        "countings",
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("counted", postgresql.JSONB(), nullable=False),
        sa.Column("scale", sa.SmallInteger(), nullable=False),
        sa.Column("guarded", sa.Boolean(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.CheckConstraint("form IN ('stock', 'flow', 'duration')", name=op.f("ck_countings_form")),
        sa.PrimaryKeyConstraint("slot", "measure", name=op.f("pk_countings")),
    )
    op.create_index("ix_countings_noun", "countings", ["slot", "noun"])


def downgrade() -> None:
    op.drop_table("countings")
    op.drop_table("definition_drafts")
    op.execute("DELETE FROM definitions WHERE count_measure IS NULL OR formula IS NOT NULL")
    for name in ("two_people", "percentile", "made_of_something", "base_of_ratio", "kind"):
        op.execute(f"ALTER TABLE definitions DROP CONSTRAINT ck_definitions_{name}")
    _check("ck_definitions_kind", _kinds(BEFORE))
    _check("ck_definitions_ratio_has_base", "(kind = 'ratio') = (base_measure IS NOT NULL)")
    op.alter_column("definitions", "count_measure", nullable=False)
    for column in ("published_at", "published_by", "drafted_by", "ends_on", "opens_on", "percentile", "formula"):
        op.drop_column("definitions", column)
