"""Staff of grids: who works in a grid from when to when; one answers for it at any time.

Revision ID: 0026
Revises: 0025
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

GRID: sa.ColumnElement[Any] = sa.literal_column("int8range(grid::bigint, grid::bigint, '[]')")
DAYS: sa.ColumnElement[Any] = sa.literal_column("daterange(since, until)")


def upgrade() -> None:
    op.create_table(
        "grid_staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("grid", sa.Text(collation="C"), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("employment", sa.Text(), nullable=True),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("post IN ('head', 'worker', 'instructor')", name=op.f("ck_grid_staff_post")),
        sa.CheckConstraint("duty IN ('responsible', 'substitute', 'assisting')", name=op.f("ck_grid_staff_duty")),
        sa.CheckConstraint("status IN ('standing', 'withdrawn')", name=op.f("ck_grid_staff_status")),
        sa.CheckConstraint("(post = 'worker') = (employment IS NOT NULL)", name=op.f("ck_grid_staff_employment")),
        sa.CheckConstraint("employment IN ('full_time', 'part_time')", name=op.f("ck_grid_staff_employed")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_grid_staff_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_staff")),
        postgresql.ExcludeConstraint(
            (GRID, "&&"),
            (DAYS, "&&"),
            name="ex_grid_staff_responsible",
            where=sa.text("duty = 'responsible' AND status = 'standing'"),
        ),
        postgresql.ExcludeConstraint(
            (GRID, "&&"),
            (DAYS, "&&"),
            name="ex_grid_staff_substitute",
            where=sa.text("duty = 'substitute' AND status = 'standing'"),
        ),
    )
    op.create_index("ix_grid_staff_grid", "grid_staff", ["grid", "id"])
    op.create_index("ix_grid_staff_worker", "grid_staff", ["worker"])


def downgrade() -> None:
    op.drop_table("grid_staff")
