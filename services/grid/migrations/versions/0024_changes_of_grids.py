"""Changes of grids: splits, mergers and redrawn borders, with what each did to which grid.

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

AREA = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "grid_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("village", AREA, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("grids", postgresql.JSONB(), nullable=False),
        sa.Column("heir", AREA, nullable=True),
        sa.Column("proposed", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('split', 'merge', 'redraw')", name=op.f("ck_grid_changes_kind")),
        sa.CheckConstraint("status IN ('in_force', 'undone')", name=op.f("ck_grid_changes_status")),
        sa.CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_grid_changes_undone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_changes")),
    )
    op.create_index("ix_grid_changes_village", "grid_changes", ["village", "id"])


def downgrade() -> None:
    op.drop_table("grid_changes")
