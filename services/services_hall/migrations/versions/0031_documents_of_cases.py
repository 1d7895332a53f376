"""Documents of cases, and the serials of their numbers.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KINDS = (
    "'receipt', 'notice', 'acceptance', 'refusal', 'special', 'extension', 'decision', 'closing', 'delivery'"
)


def upgrade() -> None:
    op.create_table(
        "case_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("check_code", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Text(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_case_documents_kind")),
        sa.CheckConstraint("status IN ('issued', 'voided')", name=op.f("ck_case_documents_status")),
        sa.CheckConstraint("(status = 'voided') = (voided_at IS NOT NULL)", name=op.f("ck_case_documents_voided")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_documents_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_documents")),
        sa.UniqueConstraint("number", name=op.f("uq_case_documents_number")),
        sa.UniqueConstraint("token", name=op.f("uq_case_documents_token")),
    )
    op.create_index("ix_case_documents_case_id", "case_documents", ["case_id", "id"])
    op.create_index(
        "uq_case_documents_holding",
        "case_documents",
        ["case_id", "kind", "step"],
        unique=True,
        postgresql_where=sa.text("status = 'issued'"),
    )
    op.create_table(
        "document_serials",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_document_serials")),
    )


def downgrade() -> None:
    for table in ("document_serials", "case_documents"):
        op.drop_table(table)
