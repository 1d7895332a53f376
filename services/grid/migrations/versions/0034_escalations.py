"""Rules of escalation, with those that every county begins with, and what fired by them.

Revision ID: 0034
Revises: 0033
"""

from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
METRICS = "metric IN ('unfiled', 'unassigned', 'unaccepted', 'before_due', 'overdue')"
RECEIVERS = "receiver IN ('grid_head', 'village_clerk', 'town_officer', 'department_officer', 'county_officer')"
BEGIN_WITH = (
    ("unassigned", 4, "work_hour", 1, "village_clerk"),
    ("before_due", 4, "work_hour", 1, "grid_head"),
    ("overdue", 0, "work_hour", 2, "village_clerk"),
    ("overdue", 1, "work_day", 3, "town_officer"),
    ("overdue", 3, "work_day", 4, "county_officer"),
)
"""Figures are configuration: the county amends or retires them."""


def _rules() -> sa.Table:
    table = op.create_table(
        "escalation_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("around_the_clock", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('in_force', 'retired')", name=op.f("ck_escalation_rules_status")),
        sa.CheckConstraint(METRICS, name=op.f("ck_escalation_rules_metric")),
        sa.CheckConstraint(RECEIVERS, name=op.f("ck_escalation_rules_receiver")),
        sa.CheckConstraint(
            "unit IN ('work_hour', 'work_day', 'hour', 'day')", name=op.f("ck_escalation_rules_unit")
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 5 AND threshold >= 0", name=op.f("ck_escalation_rules_numbers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_rules")),
    )
    op.create_index(
        "uq_escalation_rules_in_force",
        "escalation_rules",
        ["metric", "threshold", "unit", "level", "receiver", "category", "severity"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("status = 'in_force'"),
    )
    return table


def upgrade() -> None:
    rules = _rules()
    op.bulk_insert(
        rules,
        [
            {
                "id": UUID(int=0x0197D0C0_B400_7000_8000_000000000000 + number),
                "version": 1,
                "status": "in_force",
                "metric": metric,
                "threshold": threshold,
                "unit": unit,
                "level": level,
                "receiver": receiver,
                "category": None,
                "severity": None,
                "around_the_clock": False,
                "changed_at": datetime(2000, 1, 1, tzinfo=UTC),
                "changed_by": "system",
            }
            for number, (metric, threshold, unit, level, receiver) in enumerate(BEGIN_WITH)
        ],
    )
    op.create_table(
        "escalations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reached_at", MOMENT, nullable=False),
        sa.Column("fired_at", MOMENT, nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('fired', 'acknowledged')", name=op.f("ck_escalations_status")),
        sa.CheckConstraint(
            "(status = 'acknowledged') = (acknowledged_at IS NOT NULL)"
            " AND (acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("ck_escalations_acknowledged"),
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_escalations_incident_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["escalation_rules.id"], name=op.f("fk_escalations_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
        sa.UniqueConstraint("incident_id", "rule_id", "level", "round", name="uq_escalations_once"),
    )
    op.create_index("ix_escalations_area", "escalations", ["area", "id"])


def downgrade() -> None:
    op.drop_table("escalations")
    op.drop_table("escalation_rules")
