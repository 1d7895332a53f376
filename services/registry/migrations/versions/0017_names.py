"""Blind tokens of names.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_names",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("tokens", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_names_person_id")),
        sa.PrimaryKeyConstraint("person_id", "key_id", name=op.f("pk_person_names")),
    )
    op.create_index("ix_person_names_tokens", "person_names", ["tokens"], unique=False, postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("person_names")
