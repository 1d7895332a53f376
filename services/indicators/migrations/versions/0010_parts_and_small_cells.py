"""Definitions say by which axes they are kept in parts, their decimal places, and from which count on they are told.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

AXES = {
    "POP-RES": ["sex", "kind", "age"],
    "POP-REG": ["sex"],
    "HOUSEHOLDS": ["kind"],
    "CASE-ACCEPTED": ["category"],
    "INC-FILED": ["category"],
}


def upgrade() -> None:
    op.add_column("definitions", sa.Column("axes", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb")))
    op.add_column("definitions", sa.Column("scale", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("definitions", sa.Column("least", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("definitions", sa.Column("retired", sa.Boolean(), nullable=False, server_default="false"))
    definitions = sa.table(
        "definitions",
        sa.column("kind"),
        sa.column("count_measure"),
        sa.column("count_dimension"),
        sa.column("axes", postgresql.JSONB()),
    )
    for measure, axes in AXES.items():
        op.execute(
            sa.update(definitions)
            .where(
                definitions.c.count_measure == measure,
                definitions.c.count_dimension == "",
                definitions.c.kind != "ratio",
            )
            .values(axes=axes)
        )


def downgrade() -> None:
    for column in ("retired", "least", "scale", "axes"):
        op.drop_column("definitions", column)
