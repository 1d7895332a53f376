"""Search fields of ledgers whose index is being filled.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

from shared.migration.kit_schema import keep_fills, keep_no_fills

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_fills(op)


def downgrade() -> None:
    keep_no_fills(op)
