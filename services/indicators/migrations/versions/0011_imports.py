"""Imports of tables.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

from shared.migration.kit_schema import keep_imports, keep_no_imports

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_imports(op)


def downgrade() -> None:
    keep_no_imports(op)
