"""Agents' files and every version of them.

Revision ID: 0033
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("absent_since", sa.Date(), nullable=True),
        sa.Column("absent_until", sa.Date(), nullable=True),
        sa.Column("substitute_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("post IN ('primary', 'substitute')", name=op.f("ck_agents_post")),
        sa.CheckConstraint("status IN ('serving', 'ended', 'annulled')", name=op.f("ck_agents_status")),
        sa.CheckConstraint("absent_until >= absent_since", name=op.f("ck_agents_absence")),
        sa.CheckConstraint(
            "num_nonnulls(absent_since, absent_until, substitute_id) IN (0, 3)", name=op.f("ck_agents_substitute")
        ),
        sa.CheckConstraint("substitute_id <> id", name=op.f("ck_agents_two")),
        sa.CheckConstraint("until >= since", name=op.f("ck_agents_term")),
        sa.ForeignKeyConstraint(["substitute_id"], ["agents.id"], name=op.f("fk_agents_substitute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
    )
    op.create_index("ix_agents_account", "agents", ["account"])
    op.create_index("ix_agents_area", "agents", ["area", "id"])
    op.create_index(
        "ix_agents_substitute", "agents", ["substitute_id"], postgresql_where=sa.text("substitute_id IS NOT NULL")
    )
    op.create_index(
        "uq_agents_serving", "agents", ["area", "account"], unique=True, postgresql_where=sa.text("status = 'serving'")
    )

    op.create_table(
        "agent_versions",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Text(), nullable=True),
        sa.Column("last_by", sa.Text(), nullable=True),
        sa.Column("last_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "step IN ('appoint', 'revise', 'leave', 'return', 'end', 'annul', 'undo', 'boundary')",
            name=op.f("ck_agent_versions_step"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agent_versions_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", "version", name=op.f("pk_agent_versions")),
    )


def downgrade() -> None:
    for table in ("agent_versions", "agents"):
        op.drop_table(table)
