"""Indexes of the memberships that have ended and of births by their day.

Who joins a household has left the one before; who is born has perhaps been entered already.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_household_members_left",
        "household_members",
        ["person_id", "kind"],
        postgresql_where=sa.text("until IS NOT NULL"),
    )
    op.create_index(
        "ix_life_events_births",
        "life_events",
        ["occurred_on", "person_id"],
        postgresql_where=sa.text("kind = 'birth'"),
    )


def downgrade() -> None:
    op.drop_index("ix_life_events_births", table_name="life_events")
    op.drop_index("ix_household_members_left", table_name="household_members")
