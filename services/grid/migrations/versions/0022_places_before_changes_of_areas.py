"""Where incidents, visits and units were before changes of areas, and which change gave a grid another code.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("incidents", "visits", "units")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table, sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
        )
    op.add_column("grids", sa.Column("recoded_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("grids", "recoded_by")
    for table in TABLES:
        op.drop_column(table, "former")
