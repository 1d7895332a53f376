"""Consents of residents, and every version of them.

Revision ID: 0059
Revises: 0058
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

PURPOSES = (
    "'activities', 'contact_list', 'employers', 'face', 'family_doctor', 'finance', 'messages', 'publicity', "
    "'research', 'smart_care', 'volunteers'"
)
GROUPS = (
    "'name', 'contact', 'address', 'family', 'work', 'image', 'care', 'health', 'finance', 'biometric', 'whereabouts'"
)
WAYS = "'own', 'counter', 'paper'"


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("groups", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("giver", sa.Text(), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("handed_from", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('valid', 'withdrawn', 'ended', 'annulled')", name=op.f("ck_consents_status")),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_consents_purpose")),
        sa.CheckConstraint(f"groups <@ ARRAY[{GROUPS}] AND cardinality(groups) > 0", name=op.f("ck_consents_groups")),
        sa.CheckConstraint(
            "giver IN ('person', 'guardian_of_minor', 'guardian_of_incapable')", name=op.f("ck_consents_giver")
        ),
        sa.CheckConstraint("basis IN ('birth', 'household', 'contact')", name=op.f("ck_consents_basis")),
        sa.CheckConstraint(f"way IN ({WAYS})", name=op.f("ck_consents_way")),
        sa.CheckConstraint(
            "(giver = 'person') = (num_nonnulls(guardian_id, contact_id) = 0)", name=op.f("ck_consents_guardian")
        ),
        sa.CheckConstraint("(giver = 'person') = (basis IS NULL)", name=op.f("ck_consents_known_by")),
        sa.CheckConstraint("guardian_id <> person_id", name=op.f("ck_consents_two")),
        sa.CheckConstraint(
            "status = 'annulled' OR (status IN ('withdrawn', 'ended')) = (ended_on IS NOT NULL)",
            name=op.f("ck_consents_ended"),
        ),
        sa.CheckConstraint("until > given_on", name=op.f("ck_consents_term")),
        sa.CheckConstraint("ended_on >= given_on", name=op.f("ck_consents_dates")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_consents_person_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["persons.id"], name=op.f("fk_consents_guardian_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["tag_contacts.id"], name=op.f("fk_consents_contact_id")),
        sa.ForeignKeyConstraint(["handed_from"], ["consents.id"], name=op.f("fk_consents_handed_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_person", "consents", ["person_id"])
    op.create_index("ix_consents_purpose", "consents", ["purpose", "id"])
    op.create_index(
        "ix_consents_started_by", "consents", ["started_by"], postgresql_where=sa.text("started_by IS NOT NULL")
    )
    op.create_table(
        "consent_versions",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "step IN ('given', 'withdrawn', 'annulled', 'undone', 'ended', 'restored', 'handed_over', 'taken_back')",
            name=op.f("ck_consent_versions_step"),
        ),
        sa.CheckConstraint(f"way IN ({WAYS})", name=op.f("ck_consent_versions_way")),
        sa.CheckConstraint(
            "reason IN ('wrong_person', 'wrong_purpose', 'wrong_day', 'not_happened', 'recorded_twice', 'other')",
            name=op.f("ck_consent_versions_reason"),
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_versions_consent_id")),
        sa.PrimaryKeyConstraint("consent_id", "version", name=op.f("pk_consent_versions")),
    )
    op.execute(
        "CREATE TRIGGER resealed_only BEFORE UPDATE ON consent_versions"
        " FOR EACH ROW EXECUTE FUNCTION resealed_only('reference_sealed')"
    )


def downgrade() -> None:
    op.drop_table("consent_versions")
    op.drop_table("consents")
