"""The rule about persons without a document is validated: apart, for it reads the whole table.

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_undocumented")


def downgrade() -> None:
    """Nothing to take back: 0018 takes the rule away."""
