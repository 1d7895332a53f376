"""The list of kinds of changes is validated: apart, for it reads the whole table, and its addition locked it.

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE household_changes VALIDATE CONSTRAINT ck_household_changes_kind")


def downgrade() -> None:
    """Nothing to take back: 0030 takes the list away."""
