"""Records of ledgers: their tables, history, search fields and unique keys.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

from shared.migration.kit_schema import keep_no_records, keep_records

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_records(op)


def downgrade() -> None:
    keep_no_records(op)
