"""A notice says days of the year before, too.

Revision ID: 0079
Revises: 0074
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0079"
down_revision = "0074"
branch_labels = None
depends_on = None

COLUMNS = ("next_holidays", "next_working_weekends")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column(
            "calendar_years",
            sa.Column(name, postgresql.ARRAY(sa.Date()), server_default=sa.text("'{}'"), nullable=False),
        )


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("calendar_years", name)
