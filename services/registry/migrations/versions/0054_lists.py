"""Benefits out of departments' lists, the answers to these lists, and the newest list of each source.

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "benefits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("monthly_fen", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("missing_on", sa.Date(), nullable=True),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("tag_ended", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('held', 'missing', 'kept', 'ended')", name=op.f("ck_benefits_status")),
        sa.CheckConstraint("(status = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_benefits_ended")),
        sa.CheckConstraint("(status = 'held') = (missing_on IS NULL)", name=op.f("ck_benefits_missing")),
        sa.CheckConstraint("(status = 'kept') = (reason IS NOT NULL)", name=op.f("ck_benefits_kept")),
        sa.CheckConstraint("monthly_fen >= 0", name=op.f("ck_benefits_monthly_fen")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_benefits_person_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_benefits_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefits")),
        sa.UniqueConstraint("source", "kind", "person_id", name=op.f("uq_benefits_source_kind_person_id")),
    )
    op.create_index("ix_benefits_person", "benefits", ["person_id"])
    op.create_index("ix_benefits_area", "benefits", ["source", "kind", "area"])
    op.create_index("ix_benefits_status", "benefits", ["status", "id"])
    op.create_table(
        "list_outcomes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.Column("request_source", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("request_id_masked", sa.Text(), nullable=True),
        sa.Column("coalesced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("untold", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("list_id", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(collation="C"), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.Column("digest_key", sa.Text(), nullable=False),
        sa.Column("data_digest", sa.LargeBinary(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('accepted', 'rejected')", name=op.f("ck_list_outcomes_status")),
        sa.CheckConstraint(
            "(status = 'accepted') = (list_id IS NOT NULL) AND (status = 'rejected') = (code IS NOT NULL)",
            name=op.f("ck_list_outcomes_answer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_outcomes")),
    )
    op.create_index(
        "uq_list_outcomes_request",
        "list_outcomes",
        ["topic", "request_source", "request_id"],
        unique=True,
        postgresql_where=sa.text("NOT coalesced"),
    )
    op.create_index(
        "ix_list_outcomes_refused",
        "list_outcomes",
        ["topic", "request_source"],
        postgresql_where=sa.text("status = 'rejected' AND NOT coalesced"),
    )
    op.create_index("ix_list_outcomes_answered", "list_outcomes", ["answered_at", "id"])
    op.create_table(
        "list_series",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("received", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source", "kind", "area", name=op.f("pk_list_series")),
    )


def downgrade() -> None:
    op.drop_table("list_series")
    op.drop_table("list_outcomes")
    op.drop_table("benefits")
