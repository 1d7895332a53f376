"""The kit's tables, and one in which tests count effects.

Revision ID: 0001
Revises:
"""

from alembic import op

from shared.migration.kit_schema import create_0001, drop_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_0001(op)
    op.execute(
        """
        CREATE TABLE effects (
          effect text NOT NULL,
          event_id uuid NOT NULL,
          happened_at timestamptz NOT NULL,
          CONSTRAINT pk_effects PRIMARY KEY (effect, event_id)
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE effects")
    drop_0001(op)
