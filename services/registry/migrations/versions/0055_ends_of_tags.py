"""When the end of a tag was entered, and from whom benefits came with a merge.

Revision ID: 0055
Revises: 0054
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tags", sa.Column("end_recorded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "benefits", sa.Column("handed", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("benefits", "handed")
    op.drop_column("tags", "end_recorded_at")
