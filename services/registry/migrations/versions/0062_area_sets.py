"""Sets of areas beside the tree, their members, and every version of them.

Revision ID: 0062
Revises: 0061
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

KINDS = "'service_community', 'joint_centre', 'service_radius', 'demonstration_line', 'pilot'"
STEPS = (
    "'formed', 'corrected', 'members_changed', 'dissolved', 'withdrawn', 'undone', 'boundary_changed', "
    "'boundary_undone'"
)


def upgrade() -> None:
    op.create_table(
        "area_sets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("compared", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Uuid(), nullable=True),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_area_sets_kind")),
        sa.CheckConstraint("status IN ('in_use', 'dissolved', 'withdrawn')", name=op.f("ck_area_sets_status")),
        sa.CheckConstraint(
            "status = 'withdrawn' OR (status = 'dissolved') = (dissolved_on IS NOT NULL)",
            name=op.f("ck_area_sets_dissolved"),
        ),
        sa.CheckConstraint("dissolved_on IS NULL OR dissolved_on >= formed_on", name=op.f("ck_area_sets_dates")),
        sa.ForeignKeyConstraint(["hall_id"], ["facilities.id"], name=op.f("fk_area_sets_hall_id")),
        sa.ForeignKeyConstraint(["head_id"], ["terms.id"], name=op.f("fk_area_sets_head_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_sets")),
    )
    op.create_index("ix_area_sets_area_id", "area_sets", ["area", "id"])
    op.create_index("ix_area_sets_hall", "area_sets", ["hall_id"])
    op.create_index("ix_area_sets_head", "area_sets", ["head_id"])
    op.create_table(
        "area_set_members",
        sa.Column("area_set_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("begun_by", sa.Uuid(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_area_set_members_dates")),
        sa.CheckConstraint("ended_by IS NULL OR until IS NOT NULL", name=op.f("ck_area_set_members_ended")),
        sa.ForeignKeyConstraint(["area_set_id"], ["area_sets.id"], name=op.f("fk_area_set_members_area_set_id")),
        sa.ForeignKeyConstraint(["begun_by"], ["area_changes.id"], name=op.f("fk_area_set_members_begun_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["area_changes.id"], name=op.f("fk_area_set_members_ended_by")),
        sa.PrimaryKeyConstraint("area_set_id", "number", name=op.f("pk_area_set_members")),
    )
    op.create_index("ix_area_set_members_area", "area_set_members", ["area"])
    op.create_index("ix_area_set_members_begun_by", "area_set_members", ["begun_by"])
    op.create_index("ix_area_set_members_ended_by", "area_set_members", ["ended_by"])
    op.create_table(
        "area_set_versions",
        sa.Column("area_set_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"step IN ({STEPS})", name=op.f("ck_area_set_versions_step")),
        sa.ForeignKeyConstraint(["area_set_id"], ["area_sets.id"], name=op.f("fk_area_set_versions_area_set_id")),
        sa.PrimaryKeyConstraint("area_set_id", "version", name=op.f("pk_area_set_versions")),
    )


def downgrade() -> None:
    op.drop_table("area_set_versions")
    op.drop_table("area_set_members")
    op.drop_table("area_sets")
