"""Whoever has answered is called again once the incident was taken up again and closed: one call for each round.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("satisfaction_calls", sa.Column("round", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.drop_constraint("uq_satisfaction_calls_once", "satisfaction_calls")
    op.create_unique_constraint(
        "uq_satisfaction_calls_each_round", "satisfaction_calls", ["incident_id", "reported_id", "round"]
    )


def downgrade() -> None:
    op.execute("DELETE FROM satisfaction_calls WHERE round > 0")  # who was called again had been called before
    op.drop_constraint("uq_satisfaction_calls_each_round", "satisfaction_calls")
    op.create_unique_constraint("uq_satisfaction_calls_once", "satisfaction_calls", ["incident_id", "reported_id"])
    op.drop_column("satisfaction_calls", "round")
