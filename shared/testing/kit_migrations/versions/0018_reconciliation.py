"""Checksums, the questions about them, and states that differed.

Revision ID: 0018
Revises: 0016
"""

from alembic import op

from shared.migration.kit_schema import reconcile, reconcile_nothing

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reconcile(op)


def downgrade() -> None:
    reconcile_nothing(op)
