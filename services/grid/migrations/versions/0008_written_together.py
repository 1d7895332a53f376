"""Rows of several requests are committed together: keys are stored once, NOTIFY comes after the commit.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

from shared.migration.kit_schema import write_apart, write_together

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    write_together(op)


def downgrade() -> None:
    write_apart(op)
