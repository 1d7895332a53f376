"""The kit's tables and nothing else.

Revision ID: 0001
Revises:
"""

from alembic import op

from shared.migration.kit_schema import create_0001, drop_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_0001(op)


def downgrade() -> None:
    drop_0001(op)
