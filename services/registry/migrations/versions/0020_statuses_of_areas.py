"""Records of a status in an area out of one index.

Revision ID: 0020
Revises: 0019
"""

from alembic import op

from shared.migration.kit_schema import index_areas, index_statuses_of_areas

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    index_statuses_of_areas(op)


def downgrade() -> None:
    index_areas(op)
