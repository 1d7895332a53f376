"""Forms of ledgers: devices of workers, and the submissions that became records.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

from shared.migration.kit_schema import take_forms, take_no_forms

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    take_forms(op)


def downgrade() -> None:
    take_no_forms(op)
