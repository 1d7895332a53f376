"""Checksums, the questions about them, and states that differed.

Revision ID: 0026
Revises: 0023
"""

from alembic import op

from shared.migration.kit_schema import reconcile, reconcile_nothing

revision = "0026"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reconcile(op)


def downgrade() -> None:
    reconcile_nothing(op)
