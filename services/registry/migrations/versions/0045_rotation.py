"""Keys that processes held, the key of each digest of a ledger's index, and rows that may be sealed anew.

Revision ID: 0045
Revises: 0044
"""

from alembic import op

from shared.migration.kit_schema import rotate_keys, rotate_no_keys

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

SEALED = ("organisation_versions", "contact_sealed")


def upgrade() -> None:
    rotate_keys(op, SEALED)


def downgrade() -> None:
    rotate_no_keys(op, SEALED)
