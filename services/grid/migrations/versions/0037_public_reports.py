"""What anybody reports without a login, held until it is filed.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATUSES = "'held', 'filed', 'joined', 'dismissed', 'withdrawn'"


def upgrade() -> None:
    op.create_table(
        "public_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("description", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("client", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_public_reports_status")),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name=op.f("ck_public_reports_point")),
        sa.CheckConstraint(
            "(status IN ('filed', 'joined')) = (incident_id IS NOT NULL)", name=op.f("ck_public_reports_incident")
        ),
        sa.CheckConstraint("(status = 'dismissed') = (reason IS NOT NULL)", name=op.f("ck_public_reports_reason")),
        sa.CheckConstraint("(status = 'held') = (decided_at IS NULL)", name=op.f("ck_public_reports_decided")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_public_reports_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_reports")),
        sa.UniqueConstraint("code_digest", name="uq_public_reports_code"),
    )
    op.create_index("ix_public_reports_area", "public_reports", ["area", "id"])
    op.create_index("ix_public_reports_client", "public_reports", ["client", "reported_at"])


def downgrade() -> None:
    op.drop_table("public_reports")
