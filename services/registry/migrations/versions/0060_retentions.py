"""Retention rules that the county sets.

Revision ID: 0060
Revises: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('moved_out', 'deceased', 'annulled')", name=op.f("ck_retention_rules_kind")),
        sa.CheckConstraint("status IN ('set', 'withdrawn')", name=op.f("ck_retention_rules_status")),
        sa.CheckConstraint("years BETWEEN 1 AND 100", name=op.f("ck_retention_rules_years")),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_retention_rules_withdrawn")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
    )
    op.create_index(
        "uq_retention_rules_day",
        "retention_rules",
        ["kind", "effective_on"],
        unique=True,
        postgresql_where=sa.text("status = 'set'"),
    )


def downgrade() -> None:
    op.drop_table("retention_rules")
