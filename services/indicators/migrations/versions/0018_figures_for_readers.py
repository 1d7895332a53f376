"""By which permission the records of an indicator's ledger are read: who has it is told exact figures.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("definitions", sa.Column("read_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("definitions", "read_by")
