"""The rule about persons without a document is validated: apart, for it reads the whole table.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_undocumented")


def downgrade() -> None:
    """Nothing to take back: 0017 takes the rule away."""
