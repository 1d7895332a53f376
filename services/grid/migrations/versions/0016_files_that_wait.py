"""Files that wait for the rest of their instance.

Revision ID: 0016
Revises: 0015
"""

from alembic import op

from shared.migration.kit_schema import keep_no_waiting_files, keep_waiting_files

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_waiting_files(op)


def downgrade() -> None:
    keep_no_waiting_files(op)
