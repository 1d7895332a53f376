"""Rules of visits by level and day, who is to pay a visit, its form, and what it became when it was missed.

Revision ID: 0039
Revises: 0038
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

RULES: tuple[sa.Column[Any], ...] = (
    sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
    sa.Column("level", sa.Text(), nullable=True),
    sa.Column("missed_after_days", sa.Integer(), nullable=True),
    sa.Column("missed_category", sa.Text(), nullable=True),
    sa.Column("ledger", sa.Text(), nullable=True),
    sa.Column("valid_from", sa.Date(), server_default=sa.text("'2000-01-01'"), nullable=False),
    sa.Column("valid_to", sa.Date(), nullable=True),
    sa.Column("entered_by", sa.Text(), server_default=sa.text("'shipped'"), nullable=False),
    sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
)
VISITS: tuple[sa.Column[Any], ...] = (
    sa.Column("worker", sa.Text(), nullable=True),
    sa.Column("handovers", sa.Integer(), server_default=sa.text("0"), nullable=False),
    sa.Column("handed_over_on", sa.Date(), nullable=True),
    sa.Column("missed_on", sa.Date(), nullable=True),
    sa.Column("incident_id", sa.Uuid(), nullable=True),
    sa.Column("record_id", sa.Uuid(), nullable=True),
)
CHECKS = {
    "missed_days": "missed_after_days >= 0",
    "missed": "(missed_after_days IS NULL) = (missed_category IS NULL)",
    "dates": "valid_to IS NULL OR valid_to >= valid_from",
}


def upgrade() -> None:
    for column in RULES:
        op.add_column("visit_rules", column)
    op.drop_constraint("pk_visit_rules", "visit_rules", type_="primary")
    op.create_primary_key("pk_visit_rules", "visit_rules", ["id"])
    for name, rule in CHECKS.items():
        op.execute(f"ALTER TABLE visit_rules ADD CONSTRAINT ck_visit_rules_{name} CHECK ({rule}) NOT VALID")
        op.execute(f"ALTER TABLE visit_rules VALIDATE CONSTRAINT ck_visit_rules_{name}")
    op.create_index(
        "uq_visit_rules_open",
        "visit_rules",
        ["tag_code", "level"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.execute("UPDATE visit_rules SET missed_after_days = 7, missed_category = 'livelihood'")
    op.add_column("visit_plans", sa.Column("level", sa.Text(), nullable=True))
    for column in VISITS:
        op.add_column("visits", column)
    rule = "(missed_on IS NULL) = (incident_id IS NULL)"
    op.execute(f"ALTER TABLE visits ADD CONSTRAINT ck_visits_missed CHECK ({rule}) NOT VALID")
    op.execute("ALTER TABLE visits VALIDATE CONSTRAINT ck_visits_missed")
    op.execute(
        "ALTER TABLE visits ADD CONSTRAINT fk_visits_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)"
        " NOT VALID"
    )
    op.execute("ALTER TABLE visits VALIDATE CONSTRAINT fk_visits_incident_id")
    op.create_unique_constraint("uq_visits_record", "visits", ["record_id"])
    op.create_index("ix_visits_worker", "visits", ["worker", "due_on"], postgresql_where=sa.text("status = 'due'"))


def downgrade() -> None:
    op.drop_index("ix_visits_worker", table_name="visits")
    op.drop_constraint("uq_visits_record", "visits", type_="unique")
    op.drop_constraint("fk_visits_incident_id", "visits", type_="foreignkey")
    op.drop_constraint(op.f("ck_visits_missed"), "visits", type_="check")
    for column in VISITS:
        op.drop_column("visits", column.name)
    op.drop_column("visit_plans", "level")
    op.drop_index("uq_visit_rules_open", table_name="visit_rules")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_visit_rules_{name}"), "visit_rules", type_="check")
    op.execute("DELETE FROM visit_rules WHERE level IS NOT NULL OR valid_to IS NOT NULL")
    op.drop_constraint("pk_visit_rules", "visit_rules", type_="primary")
    op.create_primary_key("pk_visit_rules", "visit_rules", ["tag_code"])
    for column in RULES:
        op.drop_column("visit_rules", column.name)
