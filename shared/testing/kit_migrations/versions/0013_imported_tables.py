"""Tables that were imported are read through their import alone, and kept as long as it is.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

from shared.migration.kit_schema import close_imported_files, open_imported_files

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    close_imported_files(op)


def downgrade() -> None:
    open_imported_files(op)
