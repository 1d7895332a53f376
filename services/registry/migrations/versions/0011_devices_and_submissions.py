"""Forms of ledgers: devices of workers, and the submissions that became records.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

from shared.migration.kit_schema import take_forms, take_no_forms

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    take_forms(op)


def downgrade() -> None:
    take_no_forms(op)
