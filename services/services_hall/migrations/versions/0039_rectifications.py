"""Rectifications of low ratings, what each was at every step, what was written, and their warnings.

Revision ID: 0039
Revises: 0038
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")
AT = sa.DateTime(timezone=True)
STATUSES = "'open', 'called_back', 'rectified', 'appealed', 'closed', 'overturned', 'withdrawn'"
METRICS = ("limit", "step", "delivery", "telling", "supply", "promise")
SHIPPED = (("09", "before", 1, 1, "yellow", "holder"), ("10", "after", 0, 2, "red", "supervisor"))
"""End of the id, timing, working days, level, colour, receiver."""


def _days(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date(), nullable=True) for name in names]


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def upgrade() -> None:
    op.create_table(
        "rectifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("former", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_days("called_on", "rectified_on", "appealed_on", "reviewed_on", "closed_on"),
        *_texts("outcome", "called_by", "result", "rectified_by", "appeal_reason", "appealed_by", "reviewed_by"),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        *_texts("closed_by", "reopen_reason"),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_rectifications_status")),
        sa.CheckConstraint(
            "outcome IN ('confirmed', 'partly', 'unfounded', 'unreached')", name=op.f("ck_rectifications_outcome")
        ),
        sa.CheckConstraint("(outcome IS NULL) = (called_on IS NULL)", name=op.f("ck_rectifications_called")),
        sa.CheckConstraint("(upheld IS NULL) = (reviewed_on IS NULL)", name=op.f("ck_rectifications_reviewed")),
        sa.ForeignKeyConstraint(["rating_id"], ["ratings.id"], name=op.f("fk_rectifications_rating_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rectifications_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectifications")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_rectifications_rating_id")),
    )
    op.create_index("ix_rectifications_area", "rectifications", ["area", "id"])
    op.create_index("ix_rectifications_case_id", "rectifications", ["case_id"])
    op.create_index(
        "ix_rectifications_due_on",
        "rectifications",
        ["due_on", "id"],
        postgresql_where=sa.text("status IN ('open', 'called_back')"),
    )
    op.create_table(
        "rectification_versions",
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("done_at", AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["rectification_id"], ["rectifications.id"], name=op.f("fk_rectification_versions_rectification_id")
        ),
        sa.PrimaryKeyConstraint("rectification_id", "version", name=op.f("pk_rectification_versions")),
    )
    op.create_table(
        "rectification_notes",
        sa.Column("rectification_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rectification_id"], ["rectifications.id"], name=op.f("fk_rectification_notes_rectification_id")
        ),
        sa.PrimaryKeyConstraint("rectification_id", "version", name=op.f("pk_rectification_notes")),
    )
    _limit_metrics((*METRICS, "rectification"))
    for end, timing, amount, level, colour, receiver in SHIPPED:
        op.execute(
            "INSERT INTO warning_rules (id, version, metric, timing, amount, unit, level, colour, receiver, source,"
            f" effective_on, status, set_by, set_at) VALUES ('0197d0c0-6300-7000-8000-0000000000{end}', 1,"
            f" 'rectification', '{timing}', {amount}, 'work_day', {level}, '{colour}', '{receiver}', 'shipped',"
            " DATE '2004-01-01', 'set', 'system:shipped', now())"
        )


def _limit_metrics(metrics: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{one}'" for one in metrics)
    op.drop_constraint(op.f("ck_warning_rules_metric"), "warning_rules")
    op.create_check_constraint(op.f("ck_warning_rules_metric"), "warning_rules", f"metric IN ({listed})")


def downgrade() -> None:
    op.execute(
        "DELETE FROM case_warnings WHERE rule_id IN (SELECT id FROM warning_rules WHERE metric = 'rectification')"
    )
    op.execute("DELETE FROM warning_rules WHERE metric = 'rectification'")
    _limit_metrics(METRICS)
    for table in ("rectification_notes", "rectification_versions", "rectifications"):
        op.drop_table(table)
