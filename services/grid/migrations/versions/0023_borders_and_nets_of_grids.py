"""Grids belong to a net, have names, villagers' groups and heirs; every border that a grid had is kept.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CHECKS = {
    "net": "net IN ('committees', 'quarters', 'organisations')",
    "villagers_group": "villagers_group > 0",
    "heir": "heir IS NULL OR valid_to IS NOT NULL",
}


def upgrade() -> None:
    op.add_column("grids", sa.Column("net", sa.Text(), server_default=sa.text("'committees'"), nullable=False))
    op.add_column("grids", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("grids", sa.Column("villagers_group", sa.Integer(), nullable=True))
    op.add_column("grids", sa.Column("heir", sa.Text(collation="C"), nullable=True))
    for name, rule in CHECKS.items():
        op.execute(f"ALTER TABLE grids ADD CONSTRAINT ck_grids_{name} CHECK ({rule}) NOT VALID")
    op.create_table(
        "grid_borders",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("polygon", postgresql.JSONB(), nullable=False),
        sa.Column("coordinate_system", sa.Text(), nullable=False),
        sa.Column("accuracy", sa.Float(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=True),
        sa.Column("stands", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("drawn_by", sa.Text(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", "version", name="pk_grid_borders"),
    )
    op.execute(
        "INSERT INTO grid_borders (code, version, since, polygon, coordinate_system, accuracy)"
        " SELECT code, 1, valid_from, polygon, 'wgs84', 0 FROM grids"
    )


def downgrade() -> None:
    op.drop_table("grid_borders")
    for name in CHECKS:
        op.execute(f"ALTER TABLE grids DROP CONSTRAINT ck_grids_{name}")
    for column in ("heir", "villagers_group", "name", "net"):
        op.drop_column("grids", column)
