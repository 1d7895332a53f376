"""Who petitions by the register's id, the last day to ask for a review, and receptions that follow their area.

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

ONE = ["area", "received_on", "post"]


def upgrade() -> None:
    op.add_column("petitions", sa.Column("person_id", sa.Uuid(), nullable=True))
    op.add_column("petitions", sa.Column("ask_by", sa.Date(), nullable=True))
    op.create_index(
        "ix_petitions_person", "petitions", ["person_id"], postgresql_where=sa.text("person_id IS NOT NULL")
    )
    op.add_column(
        "receptions", sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
    )
    op.add_column("receptions", sa.Column("moved", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_index("uq_receptions_one", table_name="receptions")
    op.create_index(
        "uq_receptions_one",
        "receptions",
        ONE,
        unique=True,
        postgresql_where=sa.text("status <> 'cancelled' AND NOT moved"),
    )


def downgrade() -> None:
    op.drop_index("uq_receptions_one", table_name="receptions")
    op.execute("UPDATE receptions SET status = 'cancelled' WHERE moved")
    op.create_index(
        "uq_receptions_one", "receptions", ONE, unique=True, postgresql_where=sa.text("status <> 'cancelled'")
    )
    op.drop_column("receptions", "moved")
    op.drop_column("receptions", "former")
    op.drop_index("ix_petitions_person", table_name="petitions")
    op.drop_column("petitions", "ask_by")
    op.drop_column("petitions", "person_id")
