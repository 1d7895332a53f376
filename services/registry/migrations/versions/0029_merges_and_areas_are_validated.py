"""What merges and changes of areas must keep is validated: apart, for it reads whole tables, and its addition locked them.

Revision ID: 0029
Revises: 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ADDED = {
    "persons": ("fk_persons_merged_into", "ck_persons_merged"),
    "life_events": ("ck_life_events_kind", "ck_life_events_origin"),
    "household_changes": ("ck_household_changes_kind",),
}


def upgrade() -> None:
    for table, constraints in ADDED.items():
        for constraint in constraints:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}")


def downgrade() -> None:
    """Nothing to take back: the revisions before take them away."""
