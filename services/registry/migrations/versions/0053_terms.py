"""Terms of those who hold posts of villages and grids, and every version of them.

Revision ID: 0053
Revises: 0052
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

POSTS = (
    "'party_secretary', 'party_deputy', 'party_member', 'director', 'deputy_director', 'committee_member', "
    "'supervision_head', 'supervision_member', 'subordinate_head', 'subordinate_member', 'women_head', "
    "'youth_secretary', 'militia_head', 'grid_head', 'grid_worker', 'group_head', 'building_head', 'household_head', "
    "'mediator', 'legal_adviser', 'police_officer', 'first_secretary', 'team_member', 'county_leader', "
    "'social_worker', 'college_official'"
)
SINGLE = (
    "'party_secretary', 'director', 'supervision_head', 'subordinate_head', 'women_head', 'youth_secretary', "
    "'militia_head', 'grid_head', 'group_head', 'first_secretary'"
)
STEPS = (
    "'entered', 'corrected', 'ended', 'withdrawn', 'undone', 'boundary_changed', 'boundary_ended', 'boundary_undone'"
)


def upgrade() -> None:
    op.create_table(
        "terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("committee", sa.Text(), nullable=True),
        sa.Column("group_number", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("holder_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("former", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"post IN ({POSTS})", name=op.f("ck_terms_post")),
        sa.CheckConstraint(
            "committee IN ('mediation', 'security', 'health', 'elders_women_children', 'other')",
            name=op.f("ck_terms_committee"),
        ),
        sa.CheckConstraint("group_number BETWEEN 1 AND 999", name=op.f("ck_terms_group_number")),
        sa.CheckConstraint(
            "way IN ('elected', 'by_election', 'appointed', 'recommended', 'acting')", name=op.f("ck_terms_way")
        ),
        sa.CheckConstraint(
            "end_reason IN ('term_over', 'resigned', 'recalled', 'dismissed', 'transferred', 'deceased', "
            "'area_changed')",
            name=op.f("ck_terms_end_reason"),
        ),
        sa.CheckConstraint("status IN ('in_office', 'left', 'withdrawn')", name=op.f("ck_terms_status")),
        sa.CheckConstraint(
            "status = 'withdrawn' OR (status = 'left') = (ended_on IS NOT NULL)", name=op.f("ck_terms_ended")
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name=op.f("ck_terms_dates")),
        sa.CheckConstraint("until IS NULL OR until > began_on", name=op.f("ck_terms_until")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_terms_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
    )
    op.create_index("ix_terms_area_id", "terms", ["area", "id"])
    op.create_index("ix_terms_person", "terms", ["person_id"])
    place: list[str | sa.TextClause] = [
        "area",
        "post",
        sa.text("coalesce(committee, '')"),
        sa.text("coalesce(group_number, 0)"),
    ]
    op.create_index(
        "uq_terms_single",
        "terms",
        place,
        unique=True,
        postgresql_where=sa.text(f"status = 'in_office' AND post IN ({SINGLE})"),
    )
    op.create_index(
        "uq_terms_holder",
        "terms",
        [*place, "person_id"],
        unique=True,
        postgresql_where=sa.text("status = 'in_office' AND person_id IS NOT NULL"),
    )
    op.create_table(
        "term_versions",
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("holder_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"step IN ({STEPS})", name=op.f("ck_term_versions_step")),
        sa.ForeignKeyConstraint(["term_id"], ["terms.id"], name=op.f("fk_term_versions_term_id")),
        sa.PrimaryKeyConstraint("term_id", "version", name=op.f("pk_term_versions")),
    )


def downgrade() -> None:
    op.drop_table("term_versions")
    op.drop_table("terms")
