"""Unusual reading: numbers of days, findings, limits of the county.

Revision ID: 0050
Revises: 0049
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import AreaText

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_days",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("shown_full", sa.Integer(), nullable=False),
        sa.Column("out_of_hours", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("villages", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("subject", "day", name=op.f("pk_reading_days")),
    )
    op.create_index("ix_reading_days_day", "reading_days", ["day"])
    op.create_table(
        "reading_findings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("villages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'explained', 'confirmed', 'closed')", name=op.f("ck_reading_findings_status")
        ),
        sa.CheckConstraint(
            "rule IN ('persons', 'full', 'increase', 'hours', 'areas', 'misses')",
            name=op.f("ck_reading_findings_rule"),
        ),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f("ck_reading_findings_decided")),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_reading_findings_closed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_findings")),
    )
    op.create_index("uq_reading_findings_day", "reading_findings", ["reader", "day", "rule"], unique=True)
    op.create_index("ix_reading_findings_area", "reading_findings", ["area", "id"])
    op.create_table(
        "reading_limits",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reading_limits")),
    )


def downgrade() -> None:
    op.drop_table("reading_limits")
    op.drop_table("reading_findings")
    op.drop_table("reading_days")
