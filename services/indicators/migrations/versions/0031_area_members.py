"""Which aggregates count in an area where they do not lie now: by these a figure is opened down to its sources.

Revision ID: 0031
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

HELD = """
INSERT INTO area_members (slot, area, noun, aggregate)
SELECT DISTINCT slot, place, noun, aggregate FROM (
  SELECT slot, noun, aggregate, CASE WHEN length(area) > 12 THEN left(area, 12) ELSE area END AS lies,
    CASE WHEN length(part->>'area') > 12 THEN left(part->>'area', 12) ELSE part->>'area' END AS place
  FROM projected_states CROSS JOIN LATERAL jsonb_array_elements(
    coalesce(state->'residence', '[]') || coalesce(state->'registration', '[]')
    || coalesce(state->'former', '[]') || coalesce(state->'counts', '[]')
  ) AS part
) AS counted
WHERE place IS NOT NULL AND place IS DISTINCT FROM lies AND (length(place) >= 12 OR noun NOT LIKE 'registry.person')
"""
"""Where people lived or are registered, where things lay before, and where accounts of ledgers are kept."""


def upgrade() -> None:
    op.create_table(
        "area_members",
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("aggregate", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slot", "area", "noun", "aggregate", name=op.f("pk_area_members")),
    )
    op.execute(HELD)


def downgrade() -> None:
    op.drop_table("area_members")
