"""Originals in custody and every version of them; documents that are their receipts.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KINDS = "'receipt', 'notice', 'acceptance', 'refusal', 'special', 'extension', 'decision', 'closing', 'delivery'"
CUSTODY = "'custody_receipt', 'custody_hand_over', 'custody_return'"


def upgrade() -> None:
    op.create_table(
        "originals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("material", sa.Integer(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("holder_area", sa.Text(collation="C"), nullable=True),
        sa.Column("holder_department", sa.Text(), nullable=True),
        sa.Column("sent_area", sa.Text(collation="C"), nullable=True),
        sa.Column("sent_department", sa.Text(), nullable=True),
        sa.Column("hand_overs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("lost_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(status = 'lost') = (lost_on IS NOT NULL)", name=op.f("ck_originals_lost")),
        sa.CheckConstraint("(status = 'returned') = (returned_on IS NOT NULL)", name=op.f("ck_originals_returned")),
        sa.CheckConstraint("(status = 'sent') = (sent_area IS NOT NULL)", name=op.f("ck_originals_sent")),
        sa.CheckConstraint(
            "(status IN ('held', 'lost', 'sent')) = (holder IS NOT NULL)", name=op.f("ck_originals_holder")
        ),
        sa.CheckConstraint(
            "kind IN ('identity_card', 'household_register', 'marriage_certificate', 'birth_certificate', 'disability_certificate', 'social_security_card', 'property_certificate', 'land_contract', 'diploma', 'medical_record', 'contract', 'other')",
            name=op.f("ck_originals_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('held', 'sent', 'returned', 'lost', 'annulled')", name=op.f("ck_originals_status")
        ),
        sa.CheckConstraint(
            "num_nonnulls(holder, holder_area, holder_department) IN (0, 3)", name=op.f("ck_originals_holder_place")
        ),
        sa.CheckConstraint("num_nonnulls(sent_area, sent_department) IN (0, 2)", name=op.f("ck_originals_sent_place")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_originals_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_originals_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_originals")),
    )
    op.create_index("ix_originals_agency_id", "originals", ["agency_id"])
    op.create_index("ix_originals_area", "originals", ["area", "id"])
    op.create_index("ix_originals_case_id", "originals", ["case_id"])
    op.create_index("ix_originals_holder", "originals", ["holder"], postgresql_where=sa.text("holder IS NOT NULL"))
    op.create_index(
        "ix_originals_holder_area",
        "originals",
        ["holder_area", "id"],
        postgresql_where=sa.text("holder_area IS NOT NULL"),
    )
    op.create_index(
        "ix_originals_sent_area", "originals", ["sent_area", "id"], postgresql_where=sa.text("sent_area IS NOT NULL")
    )

    op.create_table(
        "original_versions",
        sa.Column("original_id", sa.Uuid(), nullable=False),
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
            "step IN ('receive', 'hand_over', 'take', 'decline', 'return', 'lose', 'tell_loss', 'find', 'annul', 'undo', 'boundary')",
            name=op.f("ck_original_versions_step"),
        ),
        sa.ForeignKeyConstraint(["original_id"], ["originals.id"], name=op.f("fk_original_versions_original_id")),
        sa.PrimaryKeyConstraint("original_id", "version", name=op.f("pk_original_versions")),
    )

    op.add_column("case_documents", sa.Column("original_id", sa.Uuid(), nullable=True))
    op.execute(
        "ALTER TABLE case_documents ADD CONSTRAINT fk_case_documents_original_id"
        " FOREIGN KEY (original_id) REFERENCES originals (id) NOT VALID"
    )
    op.execute("ALTER TABLE case_documents VALIDATE CONSTRAINT fk_case_documents_original_id")
    _documents(f"{KINDS}, {CUSTODY}", "status = 'issued' AND original_id IS NULL")
    op.create_index(
        "uq_case_documents_custody",
        "case_documents",
        ["original_id", "step"],
        unique=True,
        postgresql_where=sa.text("status = 'issued' AND original_id IS NOT NULL"),
    )
    custody = "(original_id IS NOT NULL) = (kind LIKE 'custody%')"
    op.execute(f"ALTER TABLE case_documents ADD CONSTRAINT ck_case_documents_custody CHECK ({custody}) NOT VALID")
    op.execute("ALTER TABLE case_documents VALIDATE CONSTRAINT ck_case_documents_custody")


def _documents(kinds: str, holding: str) -> None:
    """The kinds of documents, and which of them hold once for each step of a case."""
    op.drop_constraint(op.f("ck_case_documents_kind"), "case_documents")
    op.execute(f"ALTER TABLE case_documents ADD CONSTRAINT ck_case_documents_kind CHECK (kind IN ({kinds})) NOT VALID")
    op.execute("ALTER TABLE case_documents VALIDATE CONSTRAINT ck_case_documents_kind")
    op.drop_index("uq_case_documents_holding", "case_documents")
    op.create_index(
        "uq_case_documents_holding",
        "case_documents",
        ["case_id", "kind", "step"],
        unique=True,
        postgresql_where=sa.text(holding),
    )


def downgrade() -> None:
    op.execute("DELETE FROM case_documents WHERE original_id IS NOT NULL")
    op.drop_constraint(op.f("ck_case_documents_custody"), "case_documents")
    op.drop_index("uq_case_documents_custody", "case_documents")
    _documents(KINDS, "status = 'issued'")
    op.drop_column("case_documents", "original_id")
    for table in ("original_versions", "originals"):
        op.drop_table(table)
