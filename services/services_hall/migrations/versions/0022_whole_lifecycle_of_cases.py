"""The whole lifecycle of cases: drafts, notices, review, hand-overs, pauses, delivery, persons, and steps to undo.

Revision ID: 0022
Revises: 0021
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = "'submitted', 'received', 'accepted', 'refused', 'decided', 'closed', 'withdrawn'"
NOW = (
    "'draft', 'submitted', 'received', 'supplement', 'accepted', 'in_review', 'special', 'suspended', 'refused',"
    " 'decided', 'closed', 'delivered', 'withdrawn', 'expired', 'archived'"
)

def columns() -> tuple["sa.Column[Any]", ...]:
    """The new columns of cases, made anew: one belongs to one table."""
    return (
        sa.Column("needs_guardian", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supply_until", sa.Date(), nullable=True),
        sa.Column("supplied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deemed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("competent_department", sa.Text(), nullable=True),
        sa.Column("deliver_by", sa.Date(), nullable=True),
        sa.Column("review_until", sa.Date(), nullable=True),
        sa.Column("suit_until", sa.Date(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retention", sa.Text(), nullable=True),
        sa.Column("extended_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("step_days", sa.Integer(), nullable=True),
        sa.Column("step_began_on", sa.Date(), nullable=True),
        sa.Column("step_due_on", sa.Date(), nullable=True),
        sa.Column("returns", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deferred", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("held_area", sa.Text(collation="C"), nullable=True),
        sa.Column("held_department", sa.Text(), nullable=True),
        sa.Column("held_centre", sa.Text(), nullable=True),
        sa.Column("sent", postgresql.JSONB(), nullable=True),
        sa.Column("notice", postgresql.JSONB(), nullable=True),
        sa.Column("delivery", postgresql.JSONB(), nullable=True),
        sa.Column("materials", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("parties", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("pauses", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("consents", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("handovers", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("marks", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )


def step_columns() -> tuple["sa.Column[Any]", ...]:
    """The new columns of their steps."""
    return (
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("last", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=True),
    )


def upgrade() -> None:
    op.drop_constraint(op.f("ck_cases_status"), "cases")
    op.execute(f"ALTER TABLE cases ADD CONSTRAINT ck_cases_status CHECK (status IN ({NOW})) NOT VALID")
    op.execute("ALTER TABLE cases VALIDATE CONSTRAINT ck_cases_status")
    op.alter_column("cases", "number", nullable=True)
    op.alter_column("cases", "submitted_at", nullable=True)
    for column in columns():
        op.add_column("cases", column)
    op.execute(
        "ALTER TABLE cases ADD CONSTRAINT ck_cases_numbered CHECK (number IS NOT NULL OR submitted_at IS NULL) NOT VALID"
    )
    op.execute("ALTER TABLE cases VALIDATE CONSTRAINT ck_cases_numbered")
    op.create_index("ix_cases_held", "cases", ["held_area", "id"], postgresql_where=sa.text("held_area IS NOT NULL"))
    op.create_index(
        "ix_cases_waiting",
        "cases",
        ["status", "id"],
        postgresql_where=sa.text("status IN ('draft', 'received', 'supplement')"),
    )
    for column in step_columns():
        op.add_column("case_steps", column)
    op.add_column("applicants", sa.Column("consent", sa.Text(), nullable=True))
    op.create_table(
        "case_parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("extract_id", sa.Uuid(), nullable=True),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_parties_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_parties")),
        sa.UniqueConstraint("extract_id", name=op.f("uq_case_parties_extract_id")),
    )
    op.create_index("ix_case_parties_case_id", "case_parties", ["case_id"])
    op.create_index(op.f("ix_case_parties_person_id"), "case_parties", ["person_id"])
    op.create_table(
        "case_desks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_desks_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", "area", "department", name=op.f("pk_case_desks")),
    )
    op.create_index("ix_case_desks_area", "case_desks", ["area", "kind"])


def downgrade() -> None:
    op.drop_table("case_desks")
    op.drop_table("case_parties")
    op.drop_column("applicants", "consent")
    for column in step_columns():
        op.drop_column("case_steps", column.name)
    op.drop_constraint(op.f("ck_cases_numbered"), "cases")
    op.execute("DELETE FROM case_steps WHERE case_id IN (SELECT id FROM cases WHERE submitted_at IS NULL)")
    op.execute("DELETE FROM applicants WHERE case_id IN (SELECT id FROM cases WHERE submitted_at IS NULL)")
    op.execute("DELETE FROM cases WHERE submitted_at IS NULL")
    op.drop_index("ix_cases_waiting", "cases")
    op.drop_index("ix_cases_held", "cases")
    for column in columns():
        op.drop_column("cases", column.name)
    op.alter_column("cases", "submitted_at", nullable=False)
    op.alter_column("cases", "number", nullable=False)
    op.execute("UPDATE cases SET status = 'closed' WHERE status IN ('delivered', 'archived') AND closed_at IS NOT NULL")
    op.execute("UPDATE cases SET status = 'accepted' WHERE status IN ('in_review', 'special', 'suspended')")
    op.execute("UPDATE cases SET status = 'received' WHERE status = 'supplement'")
    op.execute(f"UPDATE cases SET status = 'withdrawn' WHERE status NOT IN ({BEFORE})")
    op.drop_constraint(op.f("ck_cases_status"), "cases")
    op.create_check_constraint(op.f("ck_cases_status"), "cases", f"status IN ({BEFORE})")
