"""The list of kinds of changes is validated: apart, for it reads the whole table, and its addition locked it.

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE household_changes VALIDATE CONSTRAINT ck_household_changes_kind")


def downgrade() -> None:
    """Nothing to take back: 0032 takes the list away."""
