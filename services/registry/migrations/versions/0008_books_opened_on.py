"""Days end in `_on`: `opening_day` of a county is called `books_opened_on`."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Renamed at once, not by expanding and contracting: no version was released, so no old code is running.
    op.alter_column("areas", "opening_day", new_column_name="books_opened_on")


def downgrade() -> None:
    op.alter_column("areas", "books_opened_on", new_column_name="opening_day")
