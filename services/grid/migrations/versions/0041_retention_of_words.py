"""Retention rules of grid, and runs that erase words and contacts.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")
KINDS = (
    "kind IN ('report_dismissed', 'report_taken', 'petition_answered', 'petition_refused', 'petition_withdrawn', "
    "'incident_ended', 'call_ended')"
)
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
        "grid_erasures",
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
            "status IN ('requested', 'done', 'refused', 'withdrawn')", name=op.f("ck_grid_erasures_status")
        ),
        sa.CheckConstraint("ground IN ('term_over', 'own_wish')", name=op.f("ck_grid_erasures_ground")),
        sa.CheckConstraint(KINDS, name=op.f("ck_grid_erasures_kind")),
        sa.CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name=op.f("ck_grid_erasures_decided")),
        sa.CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_grid_erasures_refusal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_erasures")),
    )
    op.create_index("ix_grid_erasures_area", "grid_erasures", ["area", "id"])
    op.create_table(
        "grid_erasure_entries",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_grid_erasure_entries_kind")),
        sa.CheckConstraint(
            "outcome IN ('erased', 'kept_by_law', 'held', 'erased_before')",
            name=op.f("ck_grid_erasure_entries_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["grid_erasures.id"], name=op.f("fk_grid_erasure_entries_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", "holder", name=op.f("pk_grid_erasure_entries")),
    )


def downgrade() -> None:
    op.drop_table("grid_erasure_entries")
    op.drop_table("grid_erasures")
    op.drop_table("retention_rules")
