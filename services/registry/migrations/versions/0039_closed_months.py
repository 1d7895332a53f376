"""Closed months of the two books: what came in late, up to when an area's books are closed, and what was carried.

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import AreaText

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "book_closings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_by", sa.Text(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name=op.f("ck_book_closings_month")),
        sa.CheckConstraint("(reopened_at IS NULL) = (reopened_by IS NULL)", name=op.f("ck_book_closings_reopened")),
        sa.CheckConstraint("(reopened_at IS NULL) = (reason_sealed IS NULL)", name=op.f("ck_book_closings_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_closings")),
    )
    op.create_index("ix_book_closings_area", "book_closings", ["area", "id"])
    op.create_index(
        "uq_book_closings_month",
        "book_closings",
        ["area", "month"],
        unique=True,
        postgresql_where=sa.text("reopened_at IS NULL"),
    )
    op.create_table(
        "book_carried",
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("closing", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["closing_id"], ["book_closings.id"], name=op.f("fk_book_carried_closing_id")),
        sa.PrimaryKeyConstraint("closing_id", "area", "book", name=op.f("pk_book_carried")),
    )
    op.add_column("areas", sa.Column("closed_until", sa.Date(), nullable=True))
    op.add_column("postings", sa.Column("late_on", sa.Date(), nullable=True))
    op.add_column("discrepancies", sa.Column("month", sa.Text(), nullable=True))
    op.drop_index("uq_discrepancies_at_work", "discrepancies")
    op.create_index(
        "uq_discrepancies_at_work",
        "discrepancies",
        ["area", "book", "month"],
        unique=True,
        postgresql_where=sa.text("status <> 'gone'"),
        postgresql_nulls_not_distinct=True,
    )
    op.execute("ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_held")


def downgrade() -> None:
    op.drop_index("uq_discrepancies_at_work", "discrepancies")
    op.execute("DELETE FROM discrepancies WHERE month IS NOT NULL")
    op.create_index(
        "uq_discrepancies_at_work",
        "discrepancies",
        ["area", "book"],
        unique=True,
        postgresql_where=sa.text("status <> 'gone'"),
    )
    op.drop_column("discrepancies", "month")
    op.drop_column("postings", "late_on")
    op.drop_column("areas", "closed_until")
    op.drop_table("book_carried")
    op.drop_table("book_closings")
