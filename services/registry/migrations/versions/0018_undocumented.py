"""Persons without an identity document: why, and until when.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BOTH_OR_NEITHER = "(undocumented_reason IS NULL) = (undocumented_due_on IS NULL)"


def upgrade() -> None:
    op.add_column("persons", sa.Column("undocumented_reason", sa.Text(), nullable=True))
    op.add_column("persons", sa.Column("undocumented_due_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_persons_undocumented"), "persons", sa.text(BOTH_OR_NEITHER), postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_persons_undocumented"), "persons", type_="check")
    op.drop_column("persons", "undocumented_due_on")
    op.drop_column("persons", "undocumented_reason")
