"""Erasures that registry ordered, and that what is sealed in append-only rows may be erased.

Revision ID: 0019
Revises: 0017
"""

from alembic import op

from shared.migration.kit_schema import erase_nobody, erase_persons

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    erase_persons(op)


def downgrade() -> None:
    erase_nobody(op)
