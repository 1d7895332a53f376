"""The dictionary of incidents: drafts, treatments, special hours of work, withdrawn versions.

Revision ID: 0033
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TREATMENTS = "treatment IN ('routine', 'engineering', 'procurement', 'coordination')"


def upgrade() -> None:
    op.add_column(
        "dictionaries",
        sa.Column("special_hours", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("dictionaries", sa.Column("draft_id", sa.Uuid(), nullable=True))
    op.add_column("dictionaries", sa.Column("published_at", MOMENT, nullable=True))
    op.add_column("dictionaries", sa.Column("published_by", sa.Text(), nullable=True))
    op.add_column(
        "dictionary_limits",
        sa.Column("treatment", sa.Text(), server_default=sa.text("'routine'"), nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_dictionary_limits_treatment"), "dictionary_limits", TREATMENTS, postgresql_not_valid=True
    )
    op.execute("ALTER TABLE dictionary_limits VALIDATE CONSTRAINT ck_dictionary_limits_treatment")
    op.execute("ALTER TABLE dictionary_limits DROP CONSTRAINT pk_dictionary_limits")
    op.execute(
        "ALTER TABLE dictionary_limits ADD CONSTRAINT pk_dictionary_limits"
        " PRIMARY KEY (version, category, severity, treatment)"
    )
    op.add_column(
        "incidents", sa.Column("treatment", sa.Text(), server_default=sa.text("'routine'"), nullable=False)
    )
    op.create_table(
        "dictionary_withdrawals",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["dictionaries.version"], name=op.f("fk_dictionary_withdrawals_version")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_dictionary_withdrawals")),
    )
    op.create_table(
        "dictionary_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("published_version", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'discarded')", name=op.f("ck_dictionary_drafts_status")
        ),
        sa.CheckConstraint(
            "status <> 'published' OR published_version IS NOT NULL", name=op.f("ck_dictionary_drafts_published")
        ),
        sa.ForeignKeyConstraint(
            ["based_on"], ["dictionaries.version"], name=op.f("fk_dictionary_drafts_based_on")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary_drafts")),
    )
    op.create_index(
        "uq_dictionary_drafts_open",
        "dictionary_drafts",
        ["status"],
        unique=True,
        postgresql_where=sa.text("status = 'draft'"),
    )


def downgrade() -> None:
    op.drop_table("dictionary_drafts")
    op.drop_table("dictionary_withdrawals")
    op.drop_column("incidents", "treatment")
    op.execute("DELETE FROM dictionary_limits WHERE treatment <> 'routine'")
    op.execute("ALTER TABLE dictionary_limits DROP CONSTRAINT pk_dictionary_limits")
    op.drop_column("dictionary_limits", "treatment")
    op.execute("ALTER TABLE dictionary_limits ADD CONSTRAINT pk_dictionary_limits PRIMARY KEY (version, category, severity)")
    for column in ("published_by", "published_at", "draft_id", "special_hours"):
        op.drop_column("dictionaries", column)
