"""Visits of restricted tags are told apart, attempts are counted; refused county events are coalesced.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visits", sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("visits", sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("visits", sa.Column("attempted_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE visits SET restricted = true FROM visit_plans"
        " WHERE visit_plans.tag_id = visits.tag_id AND visit_plans.noun = 'registry.restricted_tag'"
    )
    op.add_column("inbound_outcomes", sa.Column("request_id_masked", sa.Text(), nullable=True))
    op.add_column("inbound_outcomes", sa.Column("coalesced", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("inbound_outcomes", sa.Column("untold", sa.Integer(), nullable=False, server_default=sa.text("0")))
    # What was answered by record keeps its row: it is looked for no more.
    op.execute("UPDATE inbound_outcomes SET coalesced = true WHERE request_id IS NULL OR code = 'id_reused'")
    op.execute("DROP INDEX uq_inbound_outcomes_request")
    op.execute(
        "CREATE UNIQUE INDEX uq_inbound_outcomes_request ON inbound_outcomes (topic, request_source, request_id)"
        " WHERE NOT coalesced"
    )
    op.execute(
        "CREATE INDEX ix_inbound_outcomes_refused ON inbound_outcomes (topic, request_source)"
        " WHERE status = 'rejected' AND NOT coalesced"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_inbound_outcomes_refused")
    op.execute("DROP INDEX uq_inbound_outcomes_request")
    op.execute("DELETE FROM inbound_outcomes WHERE coalesced")
    op.execute(
        "CREATE UNIQUE INDEX uq_inbound_outcomes_request ON inbound_outcomes (topic, request_source, request_id)"
        " WHERE code IS DISTINCT FROM 'id_reused'"
    )
    for table, column in (
        ("inbound_outcomes", "untold"),
        ("inbound_outcomes", "coalesced"),
        ("inbound_outcomes", "request_id_masked"),
        ("visits", "attempted_on"),
        ("visits", "attempts"),
        ("visits", "restricted"),
    ):
        op.drop_column(table, column)
