"""Keys that processes held, the key of each digest of a ledger's index, and rows that may be sealed anew.

Revision ID: 0017
Revises: 0016
"""

from alembic import op

from shared.migration.kit_schema import rotate_keys, rotate_no_keys

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rotate_keys(op)


def downgrade() -> None:
    rotate_no_keys(op)
