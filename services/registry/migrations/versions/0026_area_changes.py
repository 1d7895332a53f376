"""Changes of areas that residents follow: what was carried out, and where households and buildings were before.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.base import AreaText

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

EVENTS = "'birth', 'enrolled', 'move_in', 'move_out', 'missing', 'found', 'death', 'merged'"
CHANGES = "'member_added', 'member_removed', 'split', 'merged', 'dissolved', 'restored', 'member_returned'"


def upgrade() -> None:
    op.create_table(
        "area_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("plan", postgresql.JSONB(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("households", postgresql.JSONB(), nullable=False),
        sa.Column("buildings", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('merge', 'split', 'regroup', 'convert', 'transfer')", name=op.f("ck_area_changes_kind")
        ),
        sa.CheckConstraint("status IN ('done', 'undone')", name=op.f("ck_area_changes_status")),
        sa.CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_area_changes_undone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_changes")),
    )
    op.create_index("ix_area_changes_area", "area_changes", ["area", "id"])
    op.create_table(
        "area_change_events",
        sa.Column("area_change_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_change_id"], ["area_changes.id"], name=op.f("fk_area_change_events_area_change_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["life_events.id"], name=op.f("fk_area_change_events_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_area_change_events_person_id")),
        sa.PrimaryKeyConstraint("area_change_id", "event_id", name=op.f("pk_area_change_events")),
    )
    op.add_column("areas", sa.Column("residents_moved", sa.Boolean(), server_default=sa.false(), nullable=False))
    for table in ("households", "buildings"):
        empty = sa.text("'[]'")
        op.add_column(table, sa.Column("former", postgresql.JSONB(), server_default=empty, nullable=False))
    op.add_column("life_events", sa.Column("origin", AreaText(), nullable=True))
    op.drop_constraint(op.f("ck_life_events_kind"), "life_events")
    op.execute(
        f"ALTER TABLE life_events ADD CONSTRAINT ck_life_events_kind CHECK (kind IN ({EVENTS}, 'boundary')) NOT VALID"
    )
    op.execute(
        "ALTER TABLE life_events ADD CONSTRAINT ck_life_events_origin "
        "CHECK ((kind = 'boundary') = (origin IS NOT NULL)) NOT VALID"
    )
    op.drop_constraint(op.f("ck_household_changes_kind"), "household_changes")
    op.execute(
        "ALTER TABLE household_changes ADD CONSTRAINT ck_household_changes_kind "
        f"CHECK (kind IN ({CHANGES}, 'boundary_changed')) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_household_changes_kind"), "household_changes")
    op.execute(
        "ALTER TABLE household_changes ADD CONSTRAINT ck_household_changes_kind "
        f"CHECK (kind IN ({CHANGES})) NOT VALID"
    )
    op.drop_constraint(op.f("ck_life_events_origin"), "life_events")
    op.drop_constraint(op.f("ck_life_events_kind"), "life_events")
    op.execute(f"ALTER TABLE life_events ADD CONSTRAINT ck_life_events_kind CHECK (kind IN ({EVENTS})) NOT VALID")
    op.drop_column("life_events", "origin")
    for table in ("buildings", "households"):
        op.drop_column(table, "former")
    op.drop_column("areas", "residents_moved")
    op.drop_table("area_change_events")
    op.drop_table("area_changes")
