"""The rule about successors is validated: apart, for it reads the whole table, and its addition locked it."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE areas VALIDATE CONSTRAINT ck_areas_successors")


def downgrade() -> None:
    """Nothing to take back: 0004 takes the rule away."""
