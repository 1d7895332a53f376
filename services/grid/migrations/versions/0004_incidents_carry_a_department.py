"""An incident carries the department of the unit that has it: a department sees and handles its own only."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("department", sa.Text(), nullable=True))
    op.execute("UPDATE incidents SET department = units.department FROM units WHERE units.id = incidents.unit_id")
    op.create_index("ix_incidents_department_area", "incidents", ["department", "area", "id"])


def downgrade() -> None:
    op.drop_index("ix_incidents_department_area", "incidents")
    op.drop_column("incidents", "department")
