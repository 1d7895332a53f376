"""What granted cases change in the register, and registry's answers.

Revision ID: 0024
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0026"
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")


def upgrade() -> None:
    op.add_column("item_versions", sa.Column("effect", JSONB(none_as_null=True), nullable=True))
    op.add_column("cases", sa.Column("effect_area", AREA, nullable=True))
    op.add_column("cases", sa.Column("effect_on", sa.Date(), nullable=True))
    op.create_table(
        "case_effects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('asked', 'applied', 'refused')", name=op.f("ck_case_effects_status")),
        sa.CheckConstraint("(status = 'refused') = (code IS NOT NULL)", name=op.f("ck_case_effects_code")),
        sa.CheckConstraint("(status = 'asked') = (answered_at IS NULL)", name=op.f("ck_case_effects_answered")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_effects")),
    )


def downgrade() -> None:
    op.drop_table("case_effects")
    op.drop_column("cases", "effect_on")
    op.drop_column("cases", "effect_area")
    op.drop_column("item_versions", "effect")
