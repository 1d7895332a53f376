"""Changes of the head are changes of a household.

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = (
    "'member_added', 'member_removed', 'split', 'merged', 'dissolved', 'restored', 'member_returned', "
    "'boundary_changed'"
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_household_changes_kind"), "household_changes")
    op.execute(
        "ALTER TABLE household_changes ADD CONSTRAINT ck_household_changes_kind "
        f"CHECK (kind IN ({KINDS}, 'head_changed')) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_household_changes_kind"), "household_changes")
    op.execute(
        "ALTER TABLE household_changes ADD CONSTRAINT ck_household_changes_kind "
        f"CHECK (kind IN ({KINDS})) NOT VALID"
    )
