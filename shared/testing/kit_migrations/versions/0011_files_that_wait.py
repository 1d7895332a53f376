"""Files that wait for the rest of their instance.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

from shared.migration.kit_schema import keep_no_waiting_files, keep_waiting_files

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_waiting_files(op)


def downgrade() -> None:
    keep_no_waiting_files(op)
