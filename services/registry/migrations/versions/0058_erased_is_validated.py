"""What holds of persons whose values were erased is checked of those who are there.

Revision ID: 0058
Revises: 0057
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_erased")


def downgrade() -> None:
    """Nothing to take back: 0057 takes the rule away."""
