"""Reversals, missing and found, deliveries and marks, changes of households, discrepancies.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.base import AreaText

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATUSES = "'active', 'moved_out', 'deceased', 'missing', 'merged'"
KINDS = "'birth', 'enrolled', 'move_in', 'move_out', 'death'"


def upgrade() -> None:
    op.create_table(
        "reversals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'done', 'refused', 'withdrawn')", name=op.f("ck_reversals_status")
        ),
        sa.CheckConstraint("(status = 'requested') = (decided_at IS NULL)", name=op.f("ck_reversals_decided")),
        sa.CheckConstraint("replaced_by IS NULL OR corrected_on IS NOT NULL", name=op.f("ck_reversals_corrected")),
        sa.ForeignKeyConstraint(["event_id"], ["life_events.id"], name=op.f("fk_reversals_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_reversals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversals")),
    )
    op.create_index("ix_reversals_person", "reversals", ["person_id"])
    op.create_index(
        "uq_reversals_event",
        "reversals",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('requested', 'done')"),
    )
    op.create_table(
        "household_changes",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("members", postgresql.JSONB(), nullable=False),
        sa.Column("succession", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('member_added', 'member_removed', 'split', 'merged', 'dissolved', 'restored', 'member_returned')",
            name=op.f("ck_household_changes_kind"),
        ),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_household_changes_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_household_changes_person_id")),
        sa.PrimaryKeyConstraint("household_id", "version", name=op.f("pk_household_changes")),
    )
    op.create_index(
        "ix_household_changes_event",
        "household_changes",
        ["event_id"],
        postgresql_where=sa.text("event_id IS NOT NULL"),
    )
    op.add_column("life_events", sa.Column("place", sa.Integer(), nullable=True))
    op.add_column("tags", sa.Column("ended_by", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_persons_status"), "persons")
    op.execute(
        f"ALTER TABLE persons ADD CONSTRAINT ck_persons_status CHECK (status IN ({STATUSES}, 'annulled')) NOT VALID"
    )
    op.add_column("life_events", sa.Column("delivery_place", sa.Text(), nullable=True))
    op.add_column("life_events", sa.Column("delivery_attendance", sa.Text(), nullable=True))
    op.add_column("life_events", sa.Column("mother_id", sa.Uuid(), nullable=True))
    op.add_column("life_events", sa.Column("father_id", sa.Uuid(), nullable=True))
    op.add_column("life_events", sa.Column("maternal", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("postings", sa.Column("marks", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.drop_constraint(op.f("ck_life_events_kind"), "life_events")
    op.execute(
        "ALTER TABLE life_events ADD CONSTRAINT ck_life_events_kind "
        f"CHECK (kind IN ({KINDS}, 'missing', 'found')) NOT VALID"
    )
    op.create_table(
        "discrepancies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("ledger", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explained_by", sa.Text(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'explained', 'gone')", name=op.f("ck_discrepancies_status")),
        sa.CheckConstraint("book IN ('residence', 'registration')", name=op.f("ck_discrepancies_book")),
        sa.CheckConstraint("length(area) = 12", name=op.f("ck_discrepancies_village")),
        sa.CheckConstraint("ledger <> stock", name=op.f("ck_discrepancies_differ")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancies")),
    )
    op.create_index("ix_discrepancies_area", "discrepancies", ["area", "id"])
    op.create_index(
        "uq_discrepancies_at_work",
        "discrepancies",
        ["area", "book"],
        unique=True,
        postgresql_where=sa.text("status <> 'gone'"),
    )


def downgrade() -> None:
    op.drop_table("discrepancies")
    op.drop_constraint(op.f("ck_life_events_kind"), "life_events")
    op.execute(f"ALTER TABLE life_events ADD CONSTRAINT ck_life_events_kind CHECK (kind IN ({KINDS})) NOT VALID")
    op.drop_column("postings", "marks")
    for column in ("maternal", "father_id", "mother_id", "delivery_attendance", "delivery_place"):
        op.drop_column("life_events", column)
    op.drop_constraint(op.f("ck_persons_status"), "persons")
    op.execute(f"ALTER TABLE persons ADD CONSTRAINT ck_persons_status CHECK (status IN ({STATUSES})) NOT VALID")
    op.drop_column("tags", "ended_by")
    op.drop_column("life_events", "place")
    op.drop_table("household_changes")
    op.drop_table("reversals")
