"""Forms of ledgers: devices of workers, and the submissions that became records.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

from shared.migration.kit_schema import take_forms, take_no_forms

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    take_forms(op)


def downgrade() -> None:
    take_no_forms(op)
