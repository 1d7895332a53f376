"""Checksums, the questions about them, and states that differed.

Revision ID: 0028
Revises: 0027
"""

from alembic import op

from shared.migration.kit_schema import reconcile, reconcile_nothing

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reconcile(op)


def downgrade() -> None:
    reconcile_nothing(op)
