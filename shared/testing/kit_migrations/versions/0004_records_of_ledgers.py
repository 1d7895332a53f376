"""Records of ledgers: their tables, history, search fields and unique keys.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

from shared.migration.kit_schema import keep_no_records, keep_records

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_records(op)


def downgrade() -> None:
    keep_no_records(op)
