"""Retention runs: entries that are erased together by order of two, and what became of each.

Revision ID: 0061
Revises: 0060
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

KINDS = "'moved_out', 'deceased', 'annulled'"


def upgrade() -> None:
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'ordered', 'done', 'stopped', 'refused', 'withdrawn')",
            name=op.f("ck_retention_runs_status"),
        ),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_retention_runs_kind")),
        sa.CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name=op.f("ck_retention_runs_decided")),
        sa.CheckConstraint(
            "(status IN ('ordered', 'done', 'stopped')) = (job_id IS NOT NULL)", name=op.f("ck_retention_runs_job")
        ),
        sa.CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_retention_runs_refusal")),
        sa.CheckConstraint(
            "(status IN ('done', 'stopped')) = (ended_at IS NOT NULL)", name=op.f("ck_retention_runs_ended")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    op.create_index("ix_retention_runs_area", "retention_runs", ["area", "id"])
    op.create_table(
        "retention_run_rows",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("erasure_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_retention_run_rows_kind")),
        sa.CheckConstraint(
            "outcome IN ('erased', 'kept_by_law', 'open_matter', 'erased_before', 'own_entry')",
            name=op.f("ck_retention_run_rows_outcome"),
        ),
        sa.CheckConstraint("(outcome IS NULL) = (done_at IS NULL)", name=op.f("ck_retention_run_rows_done")),
        sa.CheckConstraint(
            "(outcome = 'erased') = (erasure_id IS NOT NULL)", name=op.f("ck_retention_run_rows_erased")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["retention_runs.id"], name=op.f("fk_retention_run_rows_run_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_retention_run_rows_person_id")),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name=op.f("fk_retention_run_rows_erasure_id")),
        sa.PrimaryKeyConstraint("run_id", "person_id", name=op.f("pk_retention_run_rows")),
    )


def downgrade() -> None:
    op.drop_table("retention_run_rows")
    op.drop_table("retention_runs")
