"""A case carries the department of its item: a department sees and decides its own cases only."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("department", sa.Text(), nullable=True))
    op.execute("UPDATE cases SET department = items.department FROM items WHERE items.id = cases.item_id")
    # At once, not in a later contraction: no version was released, so no old code is running.
    op.alter_column("cases", "department", nullable=False)
    op.create_index("ix_cases_department_area_id", "cases", ["department", "area", "id"])


def downgrade() -> None:
    op.drop_index("ix_cases_department_area_id", "cases")
    op.drop_column("cases", "department")
