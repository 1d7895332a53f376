"""Answers to what granted cases of the hall ask for.

Revision ID: 0070
Revises: 0072
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_effect_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("status IN ('applied', 'refused')", name=op.f("ck_case_effect_answers_status")),
        sa.CheckConstraint("coalesce(status = 'refused', false) = (code IS NOT NULL)", name=op.f("ck_case_effect_answers_code")),
        sa.CheckConstraint(
            "(answered = 0) = (status IS NULL) AND (answered = 0) = (answered_at IS NULL)",
            name=op.f("ck_case_effect_answers_answered"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_effect_answers")),
    )
    op.create_index(
        "ix_case_effect_answers_waiting",
        "case_effect_answers",
        ["id"],
        postgresql_where=sa.text("asked > answered"),
    )
    op.create_index("ix_case_effect_answers_event", "case_effect_answers", ["event_id"])


def downgrade() -> None:
    op.drop_table("case_effect_answers")
