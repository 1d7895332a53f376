"""Marriages, their steps, what they changed in households; a relation that changes is a change of a household.

Revision ID: 0032
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

from shared.db.base import AreaText

revision = "0032"
down_revision = "0039"
branch_labels = None
depends_on = None

KINDS = (
    "'member_added', 'member_removed', 'split', 'merged', 'dissolved', 'restored', 'member_returned', "
    "'boundary_changed', 'head_changed'"
)


def upgrade() -> None:
    op.create_table(
        "marriages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("area", AreaText(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("spouse_id", sa.Uuid(), nullable=True),
        sa.Column("outside_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("married_on", sa.Date(), nullable=False),
        sa.Column("divorced_on", sa.Date(), nullable=True),
        sa.Column("outside_died_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status IN ('married', 'divorced', 'widowed', 'withdrawn')", name=op.f("ck_marriages_status")
        ),
        sa.CheckConstraint("(spouse_id IS NULL) = (outside_sealed IS NOT NULL)", name=op.f("ck_marriages_spouse")),
        sa.CheckConstraint("spouse_id <> person_id", name=op.f("ck_marriages_two")),
        sa.CheckConstraint("outside_died_on IS NULL OR spouse_id IS NULL", name=op.f("ck_marriages_outside_died")),
        sa.CheckConstraint("ended_on >= married_on AND divorced_on >= married_on", name=op.f("ck_marriages_dates")),
        sa.CheckConstraint("status <> 'married' OR ended_on IS NULL", name=op.f("ck_marriages_stands")),
        sa.CheckConstraint(
            "status NOT IN ('divorced', 'widowed') OR ended_on IS NOT NULL", name=op.f("ck_marriages_ended")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_marriages_person_id")),
        sa.ForeignKeyConstraint(["spouse_id"], ["persons.id"], name=op.f("fk_marriages_spouse_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marriages")),
    )
    op.create_index("ix_marriages_person", "marriages", ["person_id"])
    op.create_index("ix_marriages_spouse", "marriages", ["spouse_id"])
    op.create_table(
        "marriage_steps",
        sa.Column("marriage_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "step IN ('registered', 'divorced', 'widowed', 'restored', 'withdrawn')",
            name=op.f("ck_marriage_steps_step"),
        ),
        sa.ForeignKeyConstraint(["marriage_id"], ["marriages.id"], name=op.f("fk_marriage_steps_marriage_id")),
        sa.PrimaryKeyConstraint("marriage_id", "version", name=op.f("pk_marriage_steps")),
    )
    op.create_table(
        "marriage_settlements",
        sa.Column("marriage_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_divorce", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("former", sa.Text(), nullable=True),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('joined', 'founded', 'related')", name=op.f("ck_marriage_settlements_kind")),
        sa.CheckConstraint("(kind = 'related') = (former IS NOT NULL)", name=op.f("ck_marriage_settlements_former")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_marriage_settlements_household_id")),
        sa.ForeignKeyConstraint(["marriage_id"], ["marriages.id"], name=op.f("fk_marriage_settlements_marriage_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_marriage_settlements_person_id")),
        sa.PrimaryKeyConstraint("marriage_id", "number", name=op.f("pk_marriage_settlements")),
    )
    op.create_index("uq_marriage_settlements_event", "marriage_settlements", ["event_id"], unique=True)
    op.drop_constraint(op.f("ck_household_changes_kind"), "household_changes")
    op.execute(
        "ALTER TABLE household_changes ADD CONSTRAINT ck_household_changes_kind "
        f"CHECK (kind IN ({KINDS}, 'relation_changed')) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_household_changes_kind"), "household_changes")
    op.execute(
        "ALTER TABLE household_changes ADD CONSTRAINT ck_household_changes_kind "
        f"CHECK (kind IN ({KINDS})) NOT VALID"
    )
    op.drop_table("marriage_settlements")
    op.drop_table("marriage_steps")
    op.drop_table("marriages")
