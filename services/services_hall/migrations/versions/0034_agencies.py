"""Authorisations of agents, the cases that agents carry, and every version of both.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authorisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(status = 'revoked') = (revoked_on IS NOT NULL)", name=op.f("ck_authorisations_revoked")),
        sa.CheckConstraint("status IN ('valid', 'revoked', 'annulled')", name=op.f("ck_authorisations_status")),
        sa.CheckConstraint("way IN ('signed', 'fingerprint', 'by_guardian')", name=op.f("ck_authorisations_way")),
        sa.CheckConstraint("until >= signed_on", name=op.f("ck_authorisations_term")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_authorisations_agent_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_authorisations_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisations")),
    )
    op.create_index("ix_authorisations_agent_id", "authorisations", ["agent_id"])
    op.create_index("ix_authorisations_area", "authorisations", ["area", "id"])
    op.create_index("ix_authorisations_case_id", "authorisations", ["case_id"])

    op.create_table(
        "authorisation_versions",
        sa.Column("authorisation_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Text(), nullable=True),
        sa.Column("last_by", sa.Text(), nullable=True),
        sa.Column("last_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "step IN ('record', 'revoke', 'annul', 'undo', 'boundary')", name=op.f("ck_authorisation_versions_step")
        ),
        sa.ForeignKeyConstraint(
            ["authorisation_id"], ["authorisations.id"], name=op.f("fk_authorisation_versions_authorisation_id")
        ),
        sa.PrimaryKeyConstraint("authorisation_id", "version", name=op.f("pk_authorisation_versions")),
    )

    op.create_table(
        "agencies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("authorisation_id", sa.Uuid(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("forward_days", sa.Integer(), nullable=True),
        sa.Column("entrusted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forward_due_on", sa.Date(), nullable=True),
        sa.Column("forward_provisional", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forwarded_to", sa.Text(collation="C"), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("charged", sa.Boolean(), nullable=True),
        sa.Column("visits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=True),
        sa.Column("visit_address", sa.LargeBinary(), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'called_back') = (outcome IS NOT NULL)", name=op.f("ck_agencies_called_back")),
        sa.CheckConstraint("(status = 'declined') = (declined_at IS NOT NULL)", name=op.f("ck_agencies_declined")),
        sa.CheckConstraint("(status = 'revoked') = (revoked_at IS NOT NULL)", name=op.f("ck_agencies_revoked")),
        sa.CheckConstraint("outcome IN ('satisfied', 'complaint', 'unreached')", name=op.f("ck_agencies_outcome")),
        sa.CheckConstraint("status <> 'accepted' OR forward_due_on IS NOT NULL", name=op.f("ck_agencies_due")),
        sa.CheckConstraint(
            "status IN ('entrusted', 'accepted', 'handling', 'delivered', 'archived', 'reported', 'called_back', 'declined', 'revoked')",
            name=op.f("ck_agencies_status"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_agencies_agent_id")),
        sa.ForeignKeyConstraint(["authorisation_id"], ["authorisations.id"], name=op.f("fk_agencies_authorisation_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_agencies_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
    )
    op.create_index("ix_agencies_agent_id", "agencies", ["agent_id", "id"])
    op.create_index("ix_agencies_area", "agencies", ["area", "id"])
    op.create_index("ix_agencies_authorisation_id", "agencies", ["authorisation_id"])
    op.create_index("ix_agencies_case_id", "agencies", ["case_id"])
    op.create_index(
        "ix_agencies_forward_due_on", "agencies", ["forward_due_on"], postgresql_where=sa.text("status = 'accepted'")
    )
    op.create_index(
        "uq_agencies_case",
        "agencies",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text(
            "status IN ('accepted', 'archived', 'delivered', 'entrusted', 'handling', 'reported')"
        ),
    )

    op.create_table(
        "agency_versions",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Text(), nullable=True),
        sa.Column("last_by", sa.Text(), nullable=True),
        sa.Column("last_version", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "step IN ('entrust', 'accept', 'decline', 'forward', 'deliver', 'archive', 'report', 'call_back', 'reassign', 'arrange_visit', 'visit', 'cancel_visit', 'revoke', 'restore', 'undo', 'reschedule', 'boundary')",
            name=op.f("ck_agency_versions_step"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_versions_agency_id")),
        sa.PrimaryKeyConstraint("agency_id", "version", name=op.f("pk_agency_versions")),
    )


def downgrade() -> None:
    for table in ("agency_versions", "agencies", "authorisation_versions", "authorisations"):
        op.drop_table(table)
