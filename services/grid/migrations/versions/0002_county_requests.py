"""What the county's hotline sends in: the outcome of every event, and what a request says of its caller (sealed)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "incident_requests",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", MOMENT, nullable=False),
        sa.Column("caller_name", sa.LargeBinary(), nullable=True),
        sa.Column("caller_phone", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_requests_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_requests")),
    )
    op.create_table(
        "inbound_outcomes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("answered_on", MOMENT, nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("digest_key", sa.Text(), nullable=False),
        sa.Column("data_digest", sa.LargeBinary(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('accepted', 'rejected')", name=op.f("ck_inbound_outcomes_status")),
        sa.CheckConstraint(
            "(status = 'accepted') = (incident_id IS NOT NULL) AND (status = 'rejected') = (code IS NOT NULL)",
            name=op.f("ck_inbound_outcomes_answer"),
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_inbound_outcomes_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_outcomes")),
    )
    op.create_index(
        "uq_inbound_outcomes_request",
        "inbound_outcomes",
        ["topic", "source", "request_id"],
        unique=True,
        postgresql_where=sa.text("code IS DISTINCT FROM 'id_reused'"),
    )
    op.create_index(
        "uq_inbound_outcomes_incident",
        "inbound_outcomes",
        ["incident_id"],
        unique=True,
        postgresql_where=sa.text("incident_id IS NOT NULL"),
    )
    op.create_index("ix_inbound_outcomes_answered", "inbound_outcomes", ["answered_on", "id"])


def downgrade() -> None:
    op.drop_table("inbound_outcomes")
    op.drop_table("incident_requests")
