"""Facilities, and every version of them.

Revision ID: 0048
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None

KINDS = (
    "'committee_office', 'service_hall', 'security_centre', 'culture_sports_centre', 'training_centre', "
    "'health_centre', 'family_planning_centre', 'media_centre', 'convenience_store', 'farm_service_station', "
    "'elders_room', 'reading_room', 'square', 'kindergarten', 'outlet', 'other'"
)


def upgrade() -> None:
    op.create_table(
        "facilities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("entered_in", sa.Text(collation="C"), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("compared", sa.Text(), nullable=False),
        sa.Column("serves", postgresql.JSONB(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("floor_area", sa.Numeric(9, 2), nullable=True),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("hours", postgresql.JSONB(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("earlier", postgresql.JSONB(), nullable=False),
        sa.Column("former", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_facilities_kind")),
        sa.CheckConstraint("status IN ('open', 'closed', 'withdrawn')", name=op.f("ck_facilities_status")),
        sa.CheckConstraint(
            "status = 'withdrawn' OR (status = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_facilities_closed")
        ),
        sa.CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name=op.f("ck_facilities_dates")),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name=op.f("ck_facilities_point")),
        sa.CheckConstraint("floor_area > 0", name=op.f("ck_facilities_floor_area")),
        sa.CheckConstraint("staff BETWEEN 0 AND 100000", name=op.f("ck_facilities_staff")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_facilities_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilities")),
    )
    op.create_index("ix_facilities_area_id", "facilities", ["area", "id"])
    op.create_index("ix_facilities_organisation", "facilities", ["organisation_id"])
    op.create_index(
        "uq_facilities_name",
        "facilities",
        ["entered_in", "compared"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "facility_versions",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('entered', 'corrected', 'closed', 'reopened', 'withdrawn', 'undone', 'boundary_changed')",
            name=op.f("ck_facility_versions_step"),
        ),
        sa.ForeignKeyConstraint(["facility_id"], ["facilities.id"], name=op.f("fk_facility_versions_facility_id")),
        sa.PrimaryKeyConstraint("facility_id", "version", name=op.f("pk_facility_versions")),
    )


def downgrade() -> None:
    op.drop_table("facility_versions")
    op.drop_table("facilities")
