"""Petitions with their history, and the roster of receptions by leaders.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
AREA = sa.Text(collation="C")
STATUSES = (
    "'registered', 'refused', 'referred', 'accepted', 'assigned', 'answered', 'under_review', 'reviewed', "
    "'under_final_review', 'finally_reviewed', 'withdrawn'"
)
DAYS = ("accepted_on", "answer_by")
LATER = ("review_asked_on", "reviewed_on")


def upgrade() -> None:
    op.create_table(
        "receptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("begins", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.CheckConstraint("status IN ('planned', 'held', 'cancelled')", name=op.f("ck_receptions_status")),
        sa.CheckConstraint("begins < ends", name=op.f("ck_receptions_hours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receptions")),
    )
    op.create_index(
        "uq_receptions_one",
        "receptions",
        ["area", "received_on", "post"],
        unique=True,
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.create_index("ix_receptions_day", "receptions", ["received_on", "id"])
    op.create_table(
        "petitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reception_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("claim", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in DAYS),
        sa.Column("extended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("answered_on", "told_on")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("outcome", "answered_by")),
        *(sa.Column(name, sa.Date(), nullable=True) for name in LATER),
        sa.Column("review_result", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("final_asked_on", "final_on")),
        sa.Column("final_result", sa.Text(), nullable=True),
        sa.Column("reopenings", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_petitions_status")),
        sa.CheckConstraint("level IN (6, 9)", name=op.f("ck_petitions_level")),
        sa.CheckConstraint("people > 0", name=op.f("ck_petitions_people")),
        sa.CheckConstraint(
            "(form = 'reception') = (reception_id IS NOT NULL)", name=op.f("ck_petitions_reception")
        ),
        sa.ForeignKeyConstraint(["reception_id"], ["receptions.id"], name=op.f("fk_petitions_reception_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petitions")),
    )
    op.create_index("ix_petitions_area", "petitions", ["area", "id"])
    op.create_table(
        "petition_versions",
        sa.Column("petition_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name=op.f("fk_petition_versions_petition_id")),
        sa.PrimaryKeyConstraint("petition_id", "version", name=op.f("pk_petition_versions")),
    )


def downgrade() -> None:
    op.drop_table("petition_versions")
    op.drop_table("petitions")
    op.drop_table("receptions")
