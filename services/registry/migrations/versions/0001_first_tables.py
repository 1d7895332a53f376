"""Registry's first tables, beside the kit's.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.base import AreaText
from shared.migration.kit_schema import create_0001, drop_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_0001(op)
    op.create_table(
        "areas",
        sa.Column("code", AreaText(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", AreaText(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successors", sa.ARRAY(AreaText()), nullable=False),
        sa.Column("village_type", sa.Text(), nullable=True),
        sa.Column("opening_day", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(code) = level AND level IN (2, 4, 6, 9, 12)", name=op.f("ck_areas_level")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_areas_dates")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_areas")),
    )
    op.create_index("ix_areas_parent", "areas", ["parent"], unique=False)
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holidays", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("working_weekends", sa.ARRAY(sa.Date()), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )
    op.create_table(
        "households",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=False),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(status = 'dissolved') = (dissolved_on IS NOT NULL)", name=op.f("ck_households_dissolved")),
        sa.CheckConstraint("kind IN ('legal', 'living')", name=op.f("ck_households_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
    )
    op.create_index("ix_households_area", "households", ["area", "id"], unique=False)
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("ethnic_group", sa.Text(), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("document_type", sa.Text(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("masked_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("residence", postgresql.JSONB(), nullable=False),
        sa.Column("registration", postgresql.JSONB(), nullable=False),
        sa.Column("residence_area", AreaText(), nullable=True),
        sa.Column("residence_until", sa.Date(), nullable=True),
        sa.Column("registration_area", AreaText(), nullable=True),
        sa.Column("registration_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'deceased') = (died_on IS NOT NULL)", name=op.f("ck_persons_died")),
        sa.CheckConstraint("sex IN ('0', '1', '2', '9')", name=op.f("ck_persons_sex")),
        sa.CheckConstraint(
            "status IN ('active', 'moved_out', 'deceased', 'missing', 'merged')", name=op.f("ck_persons_status")
        ),
        sa.CheckConstraint(
            "residence_area IS NOT NULL OR registration_area IS NOT NULL", name=op.f("ck_persons_belongs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index("ix_persons_registration", "persons", ["registration_area", "id"], unique=False)
    op.create_index("ix_persons_residence", "persons", ["residence_area", "id"], unique=False)
    op.create_table(
        "household_members",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_household_members_dates")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_household_members_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_household_members_person_id")),
        sa.PrimaryKeyConstraint("household_id", "number", name=op.f("pk_household_members")),
    )
    op.create_index(
        "uq_household_members_head",
        "household_members",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL AND relation = '02'"),
    )
    op.create_index(
        "uq_household_members_person",
        "household_members",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "life_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("residence_area", AreaText(), nullable=True),
        sa.Column("residence_kind", sa.Text(), nullable=True),
        sa.Column("registration_area", AreaText(), nullable=True),
        sa.Column("leaves", sa.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint(
            "kind IN ('birth', 'enrolled', 'move_in', 'move_out', 'death')", name=op.f("ck_life_events_kind")
        ),
        sa.CheckConstraint("occurred_on <= reported_on", name=op.f("ck_life_events_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_life_events_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_events")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_life_events_person_id_number")),
    )
    op.create_table(
        "person_digests",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_digests_person_id")),
        sa.PrimaryKeyConstraint("kind", "key_id", "digest", name=op.f("pk_person_digests")),
    )
    op.create_index("ix_person_digests_person", "person_digests", ["person_id"], unique=False)
    op.create_table(
        "postings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("counterpart", AreaText(), nullable=True),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.CheckConstraint("book IN ('residence', 'registration')", name=op.f("ck_postings_book")),
        sa.CheckConstraint("amount IN (-1, 1)", name=op.f("ck_postings_amount")),
        sa.CheckConstraint("length(area) = 12", name=op.f("ck_postings_village")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_postings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
        sa.UniqueConstraint("reverses", name=op.f("uq_postings_reverses")),
    )
    op.create_index("ix_postings_area_occurred", "postings", ["book", "area", "occurred_on"], unique=False)
    op.create_index("ix_postings_area_posted", "postings", ["book", "area", "posted_on"], unique=False)
    op.create_index("ix_postings_person", "postings", ["person_id"], unique=False)
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("family IN ('care', 'sensitive')", name=op.f("ck_tags_family")),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_tags_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tags_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
    )
    op.create_index("ix_tags_person", "tags", ["person_id"], unique=False)
    op.create_index(
        "uq_tags_open", "tags", ["person_id", "code"], unique=True, postgresql_where=sa.text("ended_on IS NULL")
    )


def downgrade() -> None:
    op.drop_table("tags")
    op.drop_table("postings")
    op.drop_table("person_digests")
    op.drop_table("life_events")
    op.drop_table("household_members")
    op.drop_table("persons")
    op.drop_table("households")
    op.drop_table("calendar_years")
    op.drop_table("areas")
    drop_0001(op)
