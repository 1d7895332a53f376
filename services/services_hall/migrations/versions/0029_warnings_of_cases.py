"""Rules by which cases are warned about, with those that ship, and the warnings.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")
AT = sa.DateTime(timezone=True)
SHIPPED = (
    ("01", "limit", "before", 1, 1, "yellow", "holder"),
    ("02", "limit", "after", 0, 2, "red", "supervisor"),
    ("03", "step", "after", 0, 1, "orange", "holder"),
    ("04", "delivery", "before", 1, 1, "yellow", "holder"),
    ("05", "delivery", "after", 0, 2, "red", "supervisor"),
    ("06", "telling", "before", 1, 1, "yellow", "holder"),
    ("07", "supply", "before", 2, 1, "blue", "counter"),
    ("08", "promise", "after", 0, 1, "orange", "counter"),
)
"""End of the id, metric, timing, working days, level, colour, receiver: yellow is soon, red is over."""
DUE = (
    ("ix_cases_due_on", "due_on", "status IN ('accepted', 'in_review')"),
    ("ix_cases_step_due_on", "step_due_on", "status = 'in_review'"),
    ("ix_cases_deliver_by", "deliver_by", "status IN ('decided', 'closed')"),
    ("ix_cases_promised_on", "promised_on", "promised_on IS NOT NULL"),
)


def upgrade() -> None:
    rules = op.create_table(
        "warning_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("timing", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", AT, nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", AT, nullable=True),
        sa.CheckConstraint(
            "metric IN ('limit', 'step', 'delivery', 'telling', 'supply', 'promise')",
            name=op.f("ck_warning_rules_metric"),
        ),
        sa.CheckConstraint("timing IN ('before', 'after')", name=op.f("ck_warning_rules_timing")),
        sa.CheckConstraint("unit IN ('work_hour', 'work_day', 'hour', 'day')", name=op.f("ck_warning_rules_unit")),
        sa.CheckConstraint("colour IN ('blue', 'yellow', 'orange', 'red')", name=op.f("ck_warning_rules_colour")),
        sa.CheckConstraint(
            "receiver IN ('holder', 'counter', 'department', 'supervisor')", name=op.f("ck_warning_rules_receiver")
        ),
        sa.CheckConstraint("status IN ('set', 'withdrawn')", name=op.f("ck_warning_rules_status")),
        sa.CheckConstraint("amount >= 0 AND level >= 1", name=op.f("ck_warning_rules_amounts")),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_warning_rules_withdrawn")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_rules")),
    )
    op.create_index(
        "uq_warning_rules_level",
        "warning_rules",
        ["metric", "level"],
        unique=True,
        postgresql_where=sa.text("status = 'set'"),
    )
    op.create_table(
        "case_warnings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("raised_at", AT, nullable=False),
        sa.Column("acknowledged_at", AT, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.CheckConstraint("status IN ('raised', 'acknowledged')", name=op.f("ck_case_warnings_status")),
        sa.CheckConstraint(
            "(status = 'acknowledged') = (acknowledged_at IS NOT NULL)", name=op.f("ck_case_warnings_acknowledged")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_warnings_case_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["warning_rules.id"], name=op.f("fk_case_warnings_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_warnings")),
        sa.UniqueConstraint("case_id", "rule_id", "occasion", name=op.f("uq_case_warnings_case_id_rule_id_occasion")),
    )
    op.create_index("ix_case_warnings_area", "case_warnings", ["area", "id"])
    for name, column, where in DUE:
        op.create_index(name, "cases", [column, "id"], postgresql_where=sa.text(where))
    for end, metric, timing, amount, level, colour, receiver in SHIPPED:
        op.execute(
            rules.insert().values(
                id=f"0197d0c0-6300-7000-8000-0000000000{end}",
                version=1,
                metric=metric,
                timing=timing,
                amount=amount,
                unit="work_day",
                level=level,
                colour=colour,
                receiver=receiver,
                source="shipped",
                effective_on=sa.text("DATE '2004-01-01'"),
                status="set",
                set_by="system:shipped",
                set_at=sa.func.now(),
            )
        )


def downgrade() -> None:
    for name, _, _ in DUE:
        op.drop_index(name, "cases")
    op.drop_table("case_warnings")
    op.drop_table("warning_rules")
