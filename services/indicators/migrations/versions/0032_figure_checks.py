"""Stored figures are held against what is below them: how far the check has come, and what differs.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_checks",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after", sa.Text(collation="C"), nullable=False),
        sa.Column("areas", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_figure_checks_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_checks")),
    )
    op.create_table(
        "figure_differences",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_figure_differences")),
    )
    op.create_index(
        "uq_figure_differences_standing",
        "figure_differences",
        ["area", "measure", "dimension"],
        unique=True,
        postgresql_where=sa.text("mended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("figure_differences")
    op.drop_table("figure_checks")
