"""Answers to proposals of residence that grid makes.

Revision ID: 0069
Revises: 0062
"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "residence_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('applied', 'refused')", name=op.f("ck_residence_answers_status")),
        sa.CheckConstraint("coalesce(status = 'refused', false) = (code IS NOT NULL)", name=op.f("ck_residence_answers_code")),
        sa.CheckConstraint(
            "(answered = 0) = (status IS NULL) AND (answered = 0) = (answered_at IS NULL)",
            name=op.f("ck_residence_answers_answered"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residence_answers")),
    )
    op.create_index(
        "ix_residence_answers_waiting",
        "residence_answers",
        ["id"],
        postgresql_where=sa.text("asked > answered"),
    )


def downgrade() -> None:
    op.drop_table("residence_answers")
