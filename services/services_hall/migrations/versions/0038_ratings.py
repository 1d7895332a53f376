"""Ratings of contacts, and the links by which they are given.

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

AREA = sa.Text(collation="C")
AT = sa.DateTime(timezone=True)
CONTACTS = "contact IN ('receipt', 'refusal', 'closing', 'delivery')"


def upgrade() -> None:
    op.create_table(
        "rating_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("ends_at", AT, nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", AT, nullable=False),
        sa.CheckConstraint(CONTACTS, name=op.f("ck_rating_links_contact")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rating_links_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_links")),
        sa.UniqueConstraint("case_id", "contact", name=op.f("uq_rating_links_case_id_contact")),
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("contact_on", sa.Date(), nullable=False),
        sa.Column("channel_used", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("given_at", AT, nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.CheckConstraint(CONTACTS, name=op.f("ck_ratings_contact")),
        sa.CheckConstraint("channel_used IN ('link', 'phone', 'letter')", name=op.f("ck_ratings_channel_used")),
        sa.CheckConstraint("status IN ('valid', 'withdrawn', 'overturned')", name=op.f("ck_ratings_status")),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_ratings_level")),
        sa.CheckConstraint("(channel_used = 'link') = (entered_by IS NULL)", name=op.f("ck_ratings_entered")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ratings_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
    )
    op.create_index(
        "uq_ratings_contact",
        "ratings",
        ["case_id", "contact"],
        unique=True,
        postgresql_where=sa.text("status <> 'withdrawn'"),
    )
    op.create_index("ix_ratings_area", "ratings", ["area", "id"])


def downgrade() -> None:
    op.drop_table("ratings")
    op.drop_table("rating_links")
