"""Transfers between villages, and who moved by which life event.

Revision ID: 0025
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import AreaText

revision = "0025"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("residence_area", AreaText(), nullable=True),
        sa.Column("residence_kind", sa.Text(), nullable=True),
        sa.Column("registration_area", AreaText(), nullable=True),
        sa.Column("household", sa.Text(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("work_days", sa.Integer(), nullable=False),
        sa.Column("after_limit", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("left_residence", AreaText(), nullable=True),
        sa.Column("left_registration", AreaText(), nullable=True),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("founded", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint(
            "status IN ('requested', 'confirmed', 'refused', 'withdrawn', 'lapsed', 'reversed')",
            name=op.f("ck_transfers_status"),
        ),
        sa.CheckConstraint("household IN ('legal', 'living')", name=op.f("ck_transfers_household")),
        sa.CheckConstraint("after_limit IN ('lapse', 'confirm')", name=op.f("ck_transfers_after_limit")),
        sa.CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name=op.f("ck_transfers_decided")),
        sa.CheckConstraint("(status = 'refused') = (reason IS NOT NULL)", name=op.f("ck_transfers_reason")),
        sa.CheckConstraint(
            "residence_area IS NOT NULL OR registration_area IS NOT NULL", name=op.f("ck_transfers_place")
        ),
        sa.CheckConstraint("occurred_on <= reported_on", name=op.f("ck_transfers_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
    )
    op.create_index("ix_transfers_area", "transfers", ["area", "id"])
    op.create_index("ix_transfers_person", "transfers", ["person_id"])
    op.create_index("ix_transfers_left_residence", "transfers", ["left_residence", "id"])
    op.create_index("ix_transfers_left_registration", "transfers", ["left_registration", "id"])
    op.create_index(
        "ix_transfers_due", "transfers", ["due_on", "id"], postgresql_where=sa.text("status = 'requested'")
    )
    op.create_table(
        "transfer_moves",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_transfer_moves_person_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_moves_transfer_id")),
        sa.PrimaryKeyConstraint("transfer_id", "number", name=op.f("pk_transfer_moves")),
    )
    op.create_index("uq_transfer_moves_event", "transfer_moves", ["event_id"], unique=True)


def downgrade() -> None:
    op.drop_table("transfer_moves")
    op.drop_table("transfers")
