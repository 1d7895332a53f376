"""Proofs that residents give at the counters of other villages, and their codes.

Revision ID: 0041
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import AreaText

revision = "0041"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proofs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("place", AreaText(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'failed', 'closed')", name=op.f("ck_proofs_status")),
        sa.CheckConstraint("means IN ('phone', 'code')", name=op.f("ck_proofs_means")),
        sa.CheckConstraint("status = 'failed' OR person_id IS NOT NULL", name=op.f("ck_proofs_person")),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_proofs_closed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
    )
    op.create_index("ix_proofs_place", "proofs", ["place", "id"])
    op.create_index(
        "ix_proofs_person", "proofs", ["person_id", "opened_at"], postgresql_where=sa.text("person_id IS NOT NULL")
    )
    op.create_table(
        "proof_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_proof_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_codes")),
    )
    op.create_index("ix_proof_codes_person", "proof_codes", ["person_id", "digest"])


def downgrade() -> None:
    op.drop_table("proof_codes")
    op.drop_table("proofs")
