"""Grids, incidents with their dictionary and units, visits with their plans and rules, beside the kit's tables."""

import json
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migration import kit_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def _grids() -> None:
    op.create_table(
        "grids",
        sa.Column("code", AREA, nullable=False),
        sa.Column("village", AREA, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("polygon", JSONB(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successors", sa.ARRAY(AREA), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(code) = 15 AND village = left(code, 12)", name=op.f("ck_grids_code")),
        sa.CheckConstraint("kind IN ('comprehensive', 'dedicated', 'micro')", name=op.f("ck_grids_kind")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_grids_dates")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_grids")),
    )
    op.create_index("ix_grids_changed", "grids", ["changed"])
    op.create_index(
        "ix_grids_open_box", "grids", ["kind", "west", "east"], postgresql_where=sa.text("valid_to IS NULL")
    )


def _dictionary() -> tuple[sa.Table, sa.Table, sa.Table]:
    dictionaries = op.create_table(
        "dictionaries",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("shifts", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_dictionaries")),
    )
    categories = op.create_table(
        "dictionary_categories",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["dictionaries.version"], name=op.f("fk_dictionary_categories_version")
        ),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_dictionary_categories")),
    )
    limits = op.create_table(
        "dictionary_limits",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_dictionary_limits_amount")),
        sa.CheckConstraint(
            "unit IN ('work_hour', 'work_day', 'hour', 'day')", name=op.f("ck_dictionary_limits_unit")
        ),
        sa.ForeignKeyConstraint(
            ["version", "category"],
            ["dictionary_categories.version", "dictionary_categories.code"],
            name=op.f("fk_dictionary_limits_version_category"),
        ),
        sa.PrimaryKeyConstraint("version", "category", "severity", name=op.f("pk_dictionary_limits")),
    )
    return dictionaries, categories, limits


def _incidents() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("area", "department", "name", name=op.f("uq_units_area_department_name")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("description", sa.LargeBinary(), nullable=True),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("dictionary_version", sa.Integer(), nullable=True),
        sa.Column("reported_on", MOMENT, nullable=False),
        sa.Column("filed_on", MOMENT, nullable=True),
        sa.Column("dispatched_on", MOMENT, nullable=True),
        sa.Column("accepted_on", MOMENT, nullable=True),
        sa.Column("feedback_on", MOMENT, nullable=True),
        sa.Column("checked_on", MOMENT, nullable=True),
        sa.Column("closed_on", MOMENT, nullable=True),
        sa.Column("due_on", MOMENT, nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("reworks", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('reported', 'rejected', 'filed', 'dispatched', 'accepted', 'feedback', 'checked', 'closed')",
            name=op.f("ck_incidents_status"),
        ),
        sa.CheckConstraint("(longitude IS NULL) = (latitude IS NULL)", name=op.f("ck_incidents_point")),
        sa.ForeignKeyConstraint(
            ["dictionary_version"], ["dictionaries.version"], name=op.f("fk_incidents_dictionary_version")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_incidents_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_area", "incidents", ["area", "id"])
    op.create_index("ix_incidents_reporter", "incidents", ["reporter", "id"])
    op.create_index(
        "ix_incidents_open_due",
        "incidents",
        ["due_on"],
        postgresql_where=sa.text(
            "status IN ('accepted', 'checked', 'dispatched', 'feedback', 'filed', 'reported')"
        ),
    )
    op.create_table(
        "incident_steps",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_steps_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", "version", name=op.f("pk_incident_steps")),
    )


def _visits() -> sa.Table:
    rules = op.create_table(
        "visit_rules",
        sa.Column("tag_code", sa.Text(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("first_within_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("every_days > 0 AND first_within_days >= 0", name=op.f("ck_visit_rules_days")),
        sa.PrimaryKeyConstraint("tag_code", name=op.f("pk_visit_rules")),
    )
    op.create_table(
        "visit_plans",
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tag_code", sa.Text(), nullable=False),
        sa.Column("area", AREA, nullable=True),
        sa.PrimaryKeyConstraint("tag_id", name=op.f("pk_visit_plans")),
    )
    op.create_index("ix_visit_plans_person", "visit_plans", ["person_id"])
    op.create_index(
        "ix_visit_plans_active", "visit_plans", ["tag_code", "tag_id"], postgresql_where=sa.text("area IS NOT NULL")
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('due', 'done', 'cancelled')", name=op.f("ck_visits_status")),
        sa.CheckConstraint(
            "(status = 'done') = (done_on IS NOT NULL AND finding IS NOT NULL)", name=op.f("ck_visits_done")
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["visit_plans.tag_id"], name=op.f("fk_visits_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index(
        "uq_visits_one_due", "visits", ["tag_id"], unique=True, postgresql_where=sa.text("status = 'due'")
    )
    op.create_index("ix_visits_area", "visits", ["area", "due_on", "id"])
    op.create_index("ix_visits_person", "visits", ["person_id"])
    return rules


def upgrade() -> None:
    kit_schema.create_0001(op)
    _grids()
    dictionaries, categories, limits = _dictionary()
    _incidents()
    rules = _visits()
    # Figures are configuration that nobody verified for a particular county: a county publishes its own version.
    seed = json.loads((Path(__file__).parents[1] / "dictionary_0001.json").read_text(encoding="utf-8"))
    op.bulk_insert(dictionaries, [{"version": 1, "valid_from": date(2000, 1, 1), "shifts": seed["shifts"]}])
    op.bulk_insert(
        categories, [{"version": 1, "code": code, "name": name} for code, name in seed["categories"].items()]
    )
    op.bulk_insert(
        limits,
        [
            {"version": 1, "category": category, "severity": severity, "amount": amount, "unit": unit}
            for category, severities in seed["limits"].items()
            for severity, (amount, unit) in severities.items()
        ],
    )
    op.bulk_insert(
        rules,
        [
            {"tag_code": code, "every_days": every, "first_within_days": first}
            for code, (every, first) in seed["visit_rules"].items()
        ],
    )


def downgrade() -> None:
    for table in (
        "visits",
        "visit_plans",
        "visit_rules",
        "incident_steps",
        "incidents",
        "units",
        "dictionary_limits",
        "dictionary_categories",
        "dictionaries",
        "grids",
    ):
        op.drop_table(table)
    kit_schema.drop_0001(op)
