"""Records of ledgers: their tables, history, search fields and unique keys.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

from shared.migration.kit_schema import keep_no_records, keep_records

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_records(op)


def downgrade() -> None:
    keep_no_records(op)
