"""Circumstances of persons: permits, insurance, education, employment, political status, each dated and verified.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circumstances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("agreed_until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('valid', 'ended', 'withdrawn')", name=op.f("ck_circumstances_status")),
        sa.CheckConstraint(
            "status = 'withdrawn' OR (status = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_circumstances_ended")
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name=op.f("ck_circumstances_end")),
        sa.CheckConstraint("agreed_until IS NULL OR agreed_until >= began_on", name=op.f("ck_circumstances_term")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_circumstances_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circumstances")),
    )
    op.create_index("ix_circumstances_person", "circumstances", ["person_id"])
    op.create_index("ix_circumstances_kind", "circumstances", ["kind", "id"])
    op.create_index(
        "ix_circumstances_started_by",
        "circumstances",
        ["started_by"],
        postgresql_where=sa.text("started_by IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("circumstances")
