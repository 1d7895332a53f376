"""Renamings of areas, and the order in which areas changed.

Revision ID: 0043
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import AreaText

revision = "0043"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_renamings",
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("area_version", sa.Integer(), nullable=False),
        sa.Column("name_before", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("renamed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_area_renamings_undone")),
        sa.ForeignKeyConstraint(["area"], ["areas.code"], name=op.f("fk_area_renamings_area")),
        sa.PrimaryKeyConstraint("area", "area_version", name=op.f("pk_area_renamings")),
    )
    op.add_column("areas", sa.Column("changed", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_areas_changed", "areas", ["changed"])


def downgrade() -> None:
    op.drop_index("ix_areas_changed", "areas")
    op.drop_column("areas", "changed")
    op.drop_table("area_renamings")
