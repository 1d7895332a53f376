"""What holds of benefits that ended is checked of those that are there.

Revision ID: 0074
Revises: 0073
"""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE benefits VALIDATE CONSTRAINT ck_benefits_missing")


def downgrade() -> None:
    """Nothing to take back: 0073 takes the rule away."""
