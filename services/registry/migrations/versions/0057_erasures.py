"""Erasures, the answers of services, and persons whose values were erased. Rows of two histories change only by that.

Revision ID: 0057
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migration.kit_schema import erase_nobody, erase_persons

revision = "0057"
down_revision = "0055"
branch_labels = None
depends_on = None

SEALED = (("tag_contact_versions", "contact_sealed"), ("term_versions", "holder_sealed"))
"""Append-only tables that 0052 and 0053 made without the trigger."""


def upgrade() -> None:
    erase_persons(op)
    for table, column in SEALED:
        op.execute(
            f"CREATE TRIGGER resealed_only BEFORE UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION resealed_only('{column}')"
        )
    op.add_column("persons", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "ALTER TABLE persons ADD CONSTRAINT ck_persons_erased CHECK (erased_at IS NULL"
        " OR (status NOT IN ('active', 'missing')"
        " AND num_nonnulls(document_type, number_sealed, phone_sealed, address_sealed) = 0)) NOT VALID"
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("persons", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'ordered', 'done', 'refused', 'withdrawn')", name=op.f("ck_erasures_status")
        ),
        sa.CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name=op.f("ck_erasures_decided")),
        sa.CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_erasures_refusal")),
        sa.CheckConstraint(
            "(status IN ('ordered', 'done')) = (cardinality(persons) > 0)", name=op.f("ck_erasures_persons")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "uq_erasures_open",
        "erasures",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('requested', 'ordered')"),
    )
    op.create_index("ix_erasures_person", "erasures", ["person_id", "id"])
    op.create_table(
        "erasure_answers",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name=op.f("fk_erasure_answers_erasure_id")),
        sa.PrimaryKeyConstraint("erasure_id", "service", name=op.f("pk_erasure_answers")),
    )


def downgrade() -> None:
    op.drop_table("erasure_answers")
    op.drop_table("erasures")
    op.drop_constraint("ck_persons_erased", "persons")
    op.drop_column("persons", "erased_at")
    for table, _ in SEALED:
        op.execute(f"DROP TRIGGER resealed_only ON {table}")
    erase_nobody(op)
