"""Rows of several requests are committed together: keys are stored once, NOTIFY comes after the commit.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

from shared.migration.kit_schema import write_apart, write_together

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    write_together(op)


def downgrade() -> None:
    write_apart(op)
