"""What 0023 asks of grids is asked of those that were there before, too.

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("net", "villagers_group", "heir"):
        op.execute(f"ALTER TABLE grids VALIDATE CONSTRAINT ck_grids_{name}")


def downgrade() -> None:
    pass
