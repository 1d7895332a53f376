"""Duties of towns (履职事项清单): which categories of incidents a town handles, assists with, or no longer has.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('basic', 'shared', 'taken_back')", name=op.f("ck_duties_kind")),
        sa.CheckConstraint("kind <> 'shared' OR lead IS NOT NULL", name=op.f("ck_duties_lead")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_duties_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
    )
    op.create_index(
        "uq_duties_open", "duties", ["area", "category"], unique=True, postgresql_where=sa.text("valid_to IS NULL")
    )
    op.create_index("ix_duties_area", "duties", ["area", "id"])


def downgrade() -> None:
    op.drop_table("duties")
