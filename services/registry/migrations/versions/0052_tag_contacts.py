"""Guardians and responsible persons of people with a tag, every version of them, and whom a tag announces.

Births are found by the parents, for suggestions that ask for children.

Revision ID: 0052
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0050"
branch_labels = None
depends_on = None

RELATIONS = (
    "'parent', 'grandparent', 'spouse', 'child', 'sibling', 'kin', 'willing', 'committee', 'civil_affairs', "
    "'entrusted', 'village_official', 'grid_worker', 'official', 'police', 'doctor', 'social_worker', 'volunteer', "
    "'unit'"
)


def upgrade() -> None:
    op.add_column(
        "tags", sa.Column("contacts", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
    )
    op.create_table(
        "tag_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kept_for", sa.Text(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('guardian', 'responsible')", name=op.f("ck_tag_contacts_role")),
        sa.CheckConstraint("party IN ('person', 'outside', 'account')", name=op.f("ck_tag_contacts_party")),
        sa.CheckConstraint(f"relation IN ({RELATIONS})", name=op.f("ck_tag_contacts_relation")),
        sa.CheckConstraint("status IN ('valid', 'ended', 'withdrawn')", name=op.f("ck_tag_contacts_status")),
        sa.CheckConstraint(
            "kept_for IN ('deceased', 'moved_out', 'missing', 'annulled', 'same_person', 'no_guardian')",
            name=op.f("ck_tag_contacts_kept_for"),
        ),
        sa.CheckConstraint(
            "(party = 'person') = (party_id IS NOT NULL)", name=op.f("ck_tag_contacts_of_register")
        ),
        sa.CheckConstraint("(party = 'account') = (subject IS NOT NULL)", name=op.f("ck_tag_contacts_of_account")),
        sa.CheckConstraint("party_id <> person_id", name=op.f("ck_tag_contacts_two")),
        sa.CheckConstraint(
            "status = 'withdrawn' OR (status = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_tag_contacts_ended")
        ),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= began_on", name=op.f("ck_tag_contacts_dates")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_tag_contacts_tag_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_tag_contacts_person_id")),
        sa.ForeignKeyConstraint(["party_id"], ["persons.id"], name=op.f("fk_tag_contacts_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_contacts")),
    )
    op.create_index("ix_tag_contacts_tag", "tag_contacts", ["tag_id"])
    op.create_index("ix_tag_contacts_person", "tag_contacts", ["person_id"])
    op.create_index("ix_tag_contacts_party", "tag_contacts", ["party_id"])
    op.create_index(
        "ix_tag_contacts_started_by",
        "tag_contacts",
        ["started_by"],
        postgresql_where=sa.text("started_by IS NOT NULL"),
    )
    valid = sa.text("status = 'valid'")
    op.create_index(
        "uq_tag_contacts_party", "tag_contacts", ["tag_id", "role", "party_id"], unique=True, postgresql_where=valid
    )
    op.create_index(
        "uq_tag_contacts_subject", "tag_contacts", ["tag_id", "role", "subject"], unique=True, postgresql_where=valid
    )
    op.create_table(
        "tag_contact_versions",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('entered', 'corrected', 'kept', 'ended', 'withdrawn', 'undone', 'handed_over', 'taken_back')",
            name=op.f("ck_tag_contact_versions_step"),
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["tag_contacts.id"], name=op.f("fk_tag_contact_versions_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "version", name=op.f("pk_tag_contact_versions")),
    )


    for parent in ("mother", "father"):
        op.create_index(
            f"ix_life_events_{parent}",
            "life_events",
            [f"{parent}_id"],
            postgresql_where=sa.text(f"{parent}_id IS NOT NULL"),
        )


def downgrade() -> None:
    for parent in ("father", "mother"):
        op.drop_index(f"ix_life_events_{parent}", table_name="life_events")
    op.drop_table("tag_contact_versions")
    op.drop_table("tag_contacts")
    op.drop_column("tags", "contacts")
