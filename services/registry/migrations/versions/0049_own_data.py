"""Bindings of residents' logins, copies that persons were given, and who gave out the code of a proof.

Revision ID: 0049
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import AreaText

revision = "0049"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proofs", sa.Column("code_by", sa.Text(), nullable=True))
    op.create_table(
        "bindings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('bound', 'failed', 'ended')", name=op.f("ck_bindings_status")),
        sa.CheckConstraint("status = 'failed' OR person_id IS NOT NULL", name=op.f("ck_bindings_person")),
        sa.CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_bindings_ended")),
        sa.CheckConstraint("(status = 'ended') = (end_reason IS NOT NULL)", name=op.f("ck_bindings_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bindings")),
    )
    bound = sa.text("status = 'bound'")
    op.create_index("uq_bindings_subject", "bindings", ["subject"], unique=True, postgresql_where=bound)
    op.create_index("uq_bindings_bound", "bindings", ["person_id"], unique=True, postgresql_where=bound)
    op.create_index(
        "ix_bindings_person", "bindings", ["person_id", "id"], postgresql_where=sa.text("person_id IS NOT NULL")
    )
    op.create_index(
        "ix_bindings_failed", "bindings", ["subject", "tried_at"], postgresql_where=sa.text("status = 'failed'")
    )
    op.create_table(
        "person_copies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("place", AreaText(), nullable=True),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_copies_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_copies")),
    )
    op.create_index("ix_person_copies_person", "person_copies", ["person_id", "id"])


def downgrade() -> None:
    op.drop_table("person_copies")
    op.drop_table("bindings")
    op.drop_column("proofs", "code_by")
