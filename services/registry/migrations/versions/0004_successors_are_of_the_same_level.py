"""Successors of an area are of its own level: grants on the area resolve to them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OF_ITS_LEVEL = "array_to_string(successors, ',') ~ ('^([0-9]{' || level || '}(,|$))*$')"


def upgrade() -> None:
    # What a row of before says against it opened nothing (`Lineage.of`), and no migration shall stop at it.
    op.execute(f"UPDATE areas SET successors = '{{}}' WHERE NOT ({OF_ITS_LEVEL})")
    op.create_check_constraint(op.f("ck_areas_successors"), "areas", sa.text(OF_ITS_LEVEL), postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_areas_successors"), "areas", type_="check")
