"""The whole lifecycle of incidents: further statuses, levels, leave, orders, merging, supervision, steps to undo.

Revision ID: 0029
Revises: 0028
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

BEFORE = "'reported', 'rejected', 'filed', 'dispatched', 'accepted', 'feedback', 'checked', 'closed'"
NOW = (
    "'reported', 'verified', 'rejected', 'filed', 'dispatched', 'accepted', 'handling', 'suspended', 'feedback',"
    " 'checked', 'closed', 'merged'"
)
OPEN_BEFORE = "'accepted', 'checked', 'dispatched', 'feedback', 'filed', 'reported'"
OPEN_NOW = "'accepted', 'checked', 'dispatched', 'feedback', 'filed', 'handling', 'reported', 'suspended', 'verified'"
CHECKS = {
    "status": f"status IN ({NOW})",
    "merged": "(status = 'merged') = (merged_into IS NOT NULL)",
    "level": "level IN (6, 9, 12, 15)",
}


def columns() -> tuple["sa.Column[Any]", ...]:
    """The new columns of incidents, made anew: one belongs to one table."""
    return (
        sa.Column("unplaced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("level", sa.SmallInteger(), server_default=sa.text("15"), nullable=False),
        sa.Column("file_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handling_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopens", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("on_spot", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("deferred_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leave", postgresql.JSONB(), nullable=True),
        sa.Column("pauses", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("orders", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("duplicates", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("urges", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("supervision", postgresql.JSONB(), nullable=True),
    )


def step_columns() -> tuple["sa.Column[Any]", ...]:
    """The new columns of their steps."""
    return (
        sa.Column("photos", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("last", sa.Text(), nullable=True),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=True),
    )


def upgrade() -> None:
    for column in columns():
        op.add_column("incidents", column)
    for column in step_columns():
        op.add_column("incident_steps", column)
    op.execute("UPDATE incidents SET file_by = reported_at + interval '24 hours' WHERE status = 'reported'")
    op.drop_constraint(op.f("ck_incidents_status"), "incidents")
    for name, rule in CHECKS.items():
        op.execute(f"ALTER TABLE incidents ADD CONSTRAINT ck_incidents_{name} CHECK ({rule}) NOT VALID")
        op.execute(f"ALTER TABLE incidents VALIDATE CONSTRAINT ck_incidents_{name}")
    op.execute(
        "ALTER TABLE incidents ADD CONSTRAINT fk_incidents_merged_into FOREIGN KEY (merged_into)"
        " REFERENCES incidents (id) NOT VALID"
    )
    op.execute("ALTER TABLE incidents VALIDATE CONSTRAINT fk_incidents_merged_into")
    op.drop_index("ix_incidents_open_due", "incidents")
    _index("open_until", ["due_at"], f"status IN ({OPEN_NOW})")
    _index("merged_into", ["merged_into"], "merged_into IS NOT NULL")
    _index("unplaced", ["area", "id"], "unplaced")
    _index("near", ["category", "latitude"], "latitude IS NOT NULL")
    op.create_table(
        "incident_assistants",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_assistants_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", "department", name=op.f("pk_incident_assistants")),
    )
    op.create_index("ix_incident_assistants_department", "incident_assistants", ["department", "incident_id"])


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(f"ix_incidents_{name}", "incidents", columns, postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_table("incident_assistants")
    for name in ("near", "unplaced", "merged_into", "open_until"):
        op.drop_index(f"ix_incidents_{name}", "incidents")
    _index("open_due", ["due_at"], f"status IN ({OPEN_BEFORE})")
    op.drop_constraint(op.f("fk_incidents_merged_into"), "incidents")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_incidents_{name}"), "incidents")
    op.execute("UPDATE incidents SET status = 'reported' WHERE status = 'verified'")
    op.execute("UPDATE incidents SET status = 'accepted' WHERE status IN ('handling', 'suspended')")
    op.execute("UPDATE incidents SET status = 'rejected' WHERE status = 'merged'")
    op.create_check_constraint(op.f("ck_incidents_status"), "incidents", f"status IN ({BEFORE})")
    for column in step_columns():
        op.drop_column("incident_steps", column.name)
    for column in columns():
        op.drop_column("incidents", column.name)
