"""Erasures that registry ordered, and that what is sealed in append-only rows may be erased.

Revision ID: 0021
Revises: 0019
"""

from alembic import op

from shared.migration.kit_schema import erase_nobody, erase_persons

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    erase_persons(op)


def downgrade() -> None:
    erase_nobody(op)
