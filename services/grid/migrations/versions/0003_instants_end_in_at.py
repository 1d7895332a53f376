"""Instants end in `_at`; the source of an event is called `request_source`, as in its announcement."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RENAMED = {
    "incidents": {
        "reported_on": "reported_at",
        "filed_on": "filed_at",
        "dispatched_on": "dispatched_at",
        "accepted_on": "accepted_at",
        "feedback_on": "feedback_at",
        "checked_on": "checked_at",
        "closed_on": "closed_at",
        "due_on": "due_at",
    },
    "incident_requests": {"received_on": "received_at"},
    "inbound_outcomes": {"answered_on": "answered_at", "source": "request_source"},
}


def upgrade() -> None:
    # Renamed at once, not by expanding and contracting: no version was released, so no old code is running.
    for table, columns in RENAMED.items():
        for old, new in columns.items():
            op.alter_column(table, old, new_column_name=new)


def downgrade() -> None:
    for table, columns in RENAMED.items():
        for old, new in columns.items():
            op.alter_column(table, new, new_column_name=old)
