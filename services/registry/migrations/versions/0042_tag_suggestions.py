"""Suggestions of tags, and the days on which villages were searched for them.

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag_suggestions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rests_on", postgresql.JSONB(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tag_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'confirmed', 'dismissed', 'lapsed')", name=op.f("ck_tag_suggestions_status")
        ),
        sa.CheckConstraint("(status = 'confirmed') = (tag_id IS NOT NULL)", name=op.f("ck_tag_suggestions_confirmed")),
        sa.CheckConstraint("(status = 'dismissed') = (reason IS NOT NULL)", name=op.f("ck_tag_suggestions_dismissed")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tag_suggestions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_suggestions")),
        sa.UniqueConstraint("person_id", "code", name=op.f("uq_tag_suggestions_person_id_code")),
    )
    op.create_index("ix_tag_suggestions_status", "tag_suggestions", ["status", "id"])
    op.create_table(
        "tag_suggestion_searches",
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("searched_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("area", name=op.f("pk_tag_suggestion_searches")),
    )


def downgrade() -> None:
    op.drop_table("tag_suggestion_searches")
    op.drop_table("tag_suggestions")
