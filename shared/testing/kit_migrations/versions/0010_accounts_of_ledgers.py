"""Accounts of ledgers.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

from shared.migration.kit_schema import keep_accounts, keep_no_accounts

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keep_accounts(op)


def downgrade() -> None:
    keep_no_accounts(op)
