"""Files that people hand in.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

from shared.migration.kit_schema import keep_files, keep_no_files

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_files(op)


def downgrade() -> None:
    keep_no_files(op)
