"""Calls to those who reported incidents that were closed.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "satisfaction_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("reported_id", sa.Uuid(), nullable=False),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('due', 'answered', 'unreached')", name=op.f("ck_satisfaction_calls_status")),
        sa.CheckConstraint("(status = 'answered') = (rating IS NOT NULL)", name=op.f("ck_satisfaction_calls_rating")),
        sa.CheckConstraint("(status = 'due') = (ended_at IS NULL)", name=op.f("ck_satisfaction_calls_ended")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_satisfaction_calls_levels")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_satisfaction_calls_incident_id")),
        sa.ForeignKeyConstraint(["reported_id"], ["incidents.id"], name=op.f("fk_satisfaction_calls_reported_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction_calls")),
        sa.UniqueConstraint("incident_id", "reported_id", name="uq_satisfaction_calls_once"),
    )
    op.create_index("ix_satisfaction_calls_area", "satisfaction_calls", ["area", "id"])


def downgrade() -> None:
    op.drop_table("satisfaction_calls")
