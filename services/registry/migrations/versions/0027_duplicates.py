"""Duplicates: pairs, merged persons with their survivors, the life event of a merge, tags that were handed over.

The new lists of kinds and the check of merged persons hold for every row that is there, and are not read through.

Revision ID: 0027
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0024"
branch_labels = None
depends_on = None

KINDS = "'birth', 'enrolled', 'move_in', 'move_out', 'missing', 'found', 'death'"


def upgrade() -> None:
    op.create_table(
        "duplicates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merge_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'unsure', 'different', 'proposed', 'same')", name=op.f("ck_duplicates_status")
        ),
        sa.CheckConstraint("source IN ('found', 'pointed')", name=op.f("ck_duplicates_source")),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_duplicates_pair")),
        sa.CheckConstraint(
            "(status IN ('proposed', 'same')) = (survivor_id IS NOT NULL)", name=op.f("ck_duplicates_survivor")
        ),
        sa.CheckConstraint("(status = 'same') = (merge_id IS NOT NULL)", name=op.f("ck_duplicates_merge")),
        sa.ForeignKeyConstraint(["first_id"], ["persons.id"], name=op.f("fk_duplicates_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["persons.id"], name=op.f("fk_duplicates_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicates")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_duplicates_first_id_second_id")),
    )
    op.create_index("ix_duplicates_second", "duplicates", ["second_id"])
    op.create_index("ix_duplicates_status", "duplicates", ["status", "id"])
    op.add_column("persons", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("persons", sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "ALTER TABLE persons ADD CONSTRAINT fk_persons_merged_into "
        "FOREIGN KEY (merged_into) REFERENCES persons (id) NOT VALID"
    )
    op.execute(
        "ALTER TABLE persons ADD CONSTRAINT ck_persons_merged "
        "CHECK ((status = 'merged') = (merged_into IS NOT NULL)) NOT VALID"
    )
    op.create_index(
        "ix_persons_merged_into", "persons", ["merged_into"], postgresql_where=sa.text("merged_into IS NOT NULL")
    )
    op.create_index("ix_persons_uncompared", "persons", ["id"], postgresql_where=sa.text("compared_at IS NULL"))
    op.add_column("life_events", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_life_events_kind"), "life_events")
    op.execute(
        f"ALTER TABLE life_events ADD CONSTRAINT ck_life_events_kind CHECK (kind IN ({KINDS}, 'merged')) NOT VALID"
    )
    op.add_column("tags", sa.Column("started_by", sa.Uuid(), nullable=True))
    op.create_index("ix_tags_started_by", "tags", ["started_by"], postgresql_where=sa.text("started_by IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_tags_started_by", table_name="tags")
    op.drop_column("tags", "started_by")
    op.drop_constraint(op.f("ck_life_events_kind"), "life_events")
    op.execute(f"ALTER TABLE life_events ADD CONSTRAINT ck_life_events_kind CHECK (kind IN ({KINDS})) NOT VALID")
    op.drop_column("life_events", "merged_into")
    op.drop_index("ix_persons_uncompared", table_name="persons")
    op.drop_index("ix_persons_merged_into", table_name="persons")
    op.drop_constraint(op.f("ck_persons_merged"), "persons")
    op.drop_constraint(op.f("fk_persons_merged_into"), "persons")
    op.drop_column("persons", "compared_at")
    op.drop_column("persons", "merged_into")
    op.drop_table("duplicates")
