"""Organisations, and every version of them.

Revision ID: 0046
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("entered_in", sa.Text(collation="C"), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("compared", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("registration", sa.Text(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("earlier", postgresql.JSONB(), nullable=False),
        sa.Column("former", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('resident_unit', 'social_organisation', 'collective', 'volunteer_team')",
            name=op.f("ck_organisations_kind"),
        ),
        sa.CheckConstraint(
            "registration IN ('registered', 'filed', 'none')", name=op.f("ck_organisations_registration")
        ),
        sa.CheckConstraint("status IN ('active', 'ended', 'withdrawn')", name=op.f("ck_organisations_status")),
        sa.CheckConstraint(
            "status = 'withdrawn' OR (status = 'ended') = (ended_on IS NOT NULL)",
            name=op.f("ck_organisations_ended"),
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name=op.f("ck_organisations_dates")),
        sa.CheckConstraint("members BETWEEN 0 AND 1000000", name=op.f("ck_organisations_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
    )
    op.create_index("ix_organisations_area_id", "organisations", ["area", "id"])
    active = sa.text("status = 'active'")
    op.create_index(
        "uq_organisations_name", "organisations", ["entered_in", "compared"], unique=True, postgresql_where=active
    )
    op.create_index(
        "uq_organisations_code", "organisations", ["entered_in", "credit_code"], unique=True, postgresql_where=active
    )
    op.create_table(
        "organisation_versions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('entered', 'corrected', 'ended', 'reopened', 'withdrawn', 'undone', 'boundary_changed')",
            name=op.f("ck_organisation_versions_step"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_organisation_versions_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "version", name=op.f("pk_organisation_versions")),
    )


def downgrade() -> None:
    op.drop_table("organisation_versions")
    op.drop_table("organisations")
