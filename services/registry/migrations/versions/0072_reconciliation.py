"""Checksums, the questions about them, and states that differed.

Revision ID: 0072
Revises: 0071
"""

from alembic import op

from shared.migration.kit_schema import reconcile, reconcile_nothing

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reconcile(op)


def downgrade() -> None:
    reconcile_nothing(op)
