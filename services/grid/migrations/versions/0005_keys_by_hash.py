"""Keys of dead letters are indexed by their hash: they may be of any length.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

from shared.messaging.dead_letters.schema import keys_by_hash, keys_by_tree

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    keys_by_hash(op)


def downgrade() -> None:
    keys_by_tree(op)
