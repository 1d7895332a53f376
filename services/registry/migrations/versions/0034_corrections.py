"""Requests for corrections.

Revision ID: 0034
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import AreaText

revision = "0034"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("after_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("evidence", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("steps", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("approved_by", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("approved_at", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("work_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'carried_out', 'refused', 'withdrawn', 'lapsed')",
            name=op.f("ck_corrections_status"),
        ),
        sa.CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name=op.f("ck_corrections_decided")),
        sa.CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_corrections_refusal")),
        sa.CheckConstraint(
            "cardinality(approved_by) = cardinality(approved_at)", name=op.f("ck_corrections_approvals")
        ),
        sa.CheckConstraint(
            "(status = 'carried_out') = (cardinality(approved_by) = cardinality(steps))",
            name=op.f("ck_corrections_carried_out"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_corrections_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index(
        "uq_corrections_waiting",
        "corrections",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("status = 'requested'"),
    )
    op.create_index("ix_corrections_person", "corrections", ["person_id", "id"])
    op.create_index(
        "ix_corrections_due", "corrections", ["due_on", "id"], postgresql_where=sa.text("status = 'requested'")
    )


def downgrade() -> None:
    op.drop_table("corrections")
