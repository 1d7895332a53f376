"""Files that people hand in.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

from shared.migration.kit_schema import keep_files, keep_no_files

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_files(op)


def downgrade() -> None:
    keep_no_files(op)
