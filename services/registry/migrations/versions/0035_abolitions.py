"""The end of an area is a change of areas: a kind of its own.

Revision ID: 0035
Revises: 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KINDS = "'merge', 'split', 'regroup', 'convert', 'transfer'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_area_changes_kind"), "area_changes")
    op.execute(
        f"ALTER TABLE area_changes ADD CONSTRAINT ck_area_changes_kind CHECK (kind IN ({KINDS}, 'abolish')) NOT VALID"
    )
    op.execute("ALTER TABLE area_changes VALIDATE CONSTRAINT ck_area_changes_kind")  # a county has some dozens of rows


def downgrade() -> None:
    op.drop_constraint(op.f("ck_area_changes_kind"), "area_changes")
    op.execute(f"ALTER TABLE area_changes ADD CONSTRAINT ck_area_changes_kind CHECK (kind IN ({KINDS})) NOT VALID")
