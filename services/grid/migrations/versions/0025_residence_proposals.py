"""Residence proposals and their answers.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "residence_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("origin", AREA, nullable=False),
        sa.Column("cause", sa.BigInteger(), nullable=False),
        sa.Column("target", AREA, nullable=False),
        sa.Column("target_version", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("follows", sa.Uuid(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('asked', 'applied', 'refused')", name=op.f("ck_residence_proposals_status")
        ),
        sa.CheckConstraint(
            "rule IN ('heir', 'located', 'named', 'undone')", name=op.f("ck_residence_proposals_rule")
        ),
        sa.CheckConstraint(
            "(status = 'refused') = (code IS NOT NULL)", name=op.f("ck_residence_proposals_code")
        ),
        sa.CheckConstraint(
            "(status = 'asked') = (answered_at IS NULL)", name=op.f("ck_residence_proposals_answered")
        ),
        sa.CheckConstraint(
            "origin <> target AND left(origin, 12) = left(target, 12)", name=op.f("ck_residence_proposals_grids")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residence_proposals")),
        sa.UniqueConstraint("person_id", "origin", "cause", name="uq_residence_proposals_once"),
    )
    op.create_index("ix_residence_proposals_target", "residence_proposals", ["target", "id"])
    op.create_index("ix_residence_proposals_change", "residence_proposals", ["change_id"])


def downgrade() -> None:
    op.drop_table("residence_proposals")
