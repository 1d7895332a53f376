"""The lists of statuses and of kinds are validated: apart, for it reads whole tables, and their addition locked them.

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_status")
    op.execute("ALTER TABLE life_events VALIDATE CONSTRAINT ck_life_events_kind")


def downgrade() -> None:
    """Nothing to take back: 0023 takes the lists away."""
