"""Retention rules of the hall, and runs that erase personal data in cases.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")
KINDS = "kind IN ('years_30', 'years_10', 'decided', 'refused', 'withdrawn', 'expired', 'removed')"
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", AT, nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_retention_rules_kind")),
        sa.CheckConstraint("status IN ('set', 'withdrawn')", name=op.f("ck_retention_rules_status")),
        sa.CheckConstraint("years BETWEEN 1 AND 100", name=op.f("ck_retention_rules_years")),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_retention_rules_withdrawn")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
    )
    op.create_index(
        "uq_retention_rules_day",
        "retention_rules",
        ["kind", "effective_on"],
        unique=True,
        postgresql_where=sa.text("status = 'set'"),
    )
    op.create_table(
        "case_erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", AT, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", AT, nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'done', 'refused', 'withdrawn')", name=op.f("ck_case_erasures_status")
        ),
        sa.CheckConstraint("ground IN ('term_over', 'own_wish')", name=op.f("ck_case_erasures_ground")),
        sa.CheckConstraint(KINDS, name=op.f("ck_case_erasures_kind")),
        sa.CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name=op.f("ck_case_erasures_decided")),
        sa.CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_case_erasures_refusal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_erasures")),
    )
    op.create_index("ix_case_erasures_area", "case_erasures", ["area", "id"])
    op.create_table(
        "case_erasure_entries",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_case_erasure_entries_kind")),
        sa.CheckConstraint(
            "outcome IN ('erased', 'kept_by_law', 'held', 'erased_before')",
            name=op.f("ck_case_erasure_entries_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["case_erasures.id"], name=op.f("fk_case_erasure_entries_erasure_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_erasure_entries_case_id")),
        sa.PrimaryKeyConstraint("erasure_id", "holder", name=op.f("pk_case_erasure_entries")),
    )


def downgrade() -> None:
    op.drop_table("case_erasure_entries")
    op.drop_table("case_erasures")
    op.drop_table("retention_rules")
