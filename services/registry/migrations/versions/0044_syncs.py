"""Changes of persons by transaction: what a phone that was away has missed; and verifications of field groups.

A row from before has no transaction: no phone holds a cursor that is older.

Revision ID: 0044
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0048"
branch_labels = None
depends_on = None

THIS = "(pg_current_xact_id()::text)::bigint"
STANDING = ("status", "residence_area", "residence_until", "registration_area", "registration_until")


def _of(row: str) -> str:
    return ", ".join(f"{row}.{column}" for column in STANDING)


CHANGED = f"""
CREATE FUNCTION person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := {THIS};
    IF ({_of("NEW")}) IS DISTINCT FROM ({_of("OLD")}) THEN
        INSERT INTO person_departures (person_id, {", ".join(STANDING)}) VALUES (OLD.id, {_of("OLD")});
    END IF;
    RETURN NEW;
END
$$
"""  # noqa: S608  # names only
RENAMED = f"""
CREATE FUNCTION area_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.renamed_in := {THIS};
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "person_departures",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("changed_in", sa.BigInteger(), server_default=sa.text(THIS), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("residence_area", sa.Text(collation="C"), nullable=True),
        sa.Column("residence_until", sa.Date(), nullable=True),
        sa.Column("registration_area", sa.Text(collation="C"), nullable=True),
        sa.Column("registration_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_departures_person_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_person_departures")),
    )
    op.create_index("ix_person_departures_person", "person_departures", ["person_id", "changed_in"])
    op.create_table(
        "person_verifications",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field_group", sa.Text(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("looks", postgresql.JSONB(), nullable=False),
        sa.Column("taken_back", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "field_group IN ('identity', 'contact', 'places', 'household')",
            name=op.f("ck_person_verifications_field_group"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_verifications_person_id")),
        sa.PrimaryKeyConstraint("person_id", "field_group", name=op.f("pk_person_verifications")),
    )
    for table, column in (("persons", "changed_in"), ("areas", "renamed_in")):
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
    op.alter_column("persons", "changed_in", server_default=sa.text(THIS))
    op.create_index(
        "ix_persons_changed_in",
        "persons",
        ["changed_in", "id"],
        postgresql_where=sa.text("changed_in IS NOT NULL"),
    )
    op.create_index(
        "ix_areas_renamed_in", "areas", ["renamed_in"], postgresql_where=sa.text("renamed_in IS NOT NULL")
    )
    op.execute(CHANGED)
    op.execute(
        "CREATE TRIGGER person_changed BEFORE UPDATE ON persons FOR EACH ROW"
        " WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION person_changed()"
    )
    op.execute(RENAMED)
    op.execute(
        "CREATE TRIGGER area_renamed BEFORE UPDATE ON areas FOR EACH ROW"
        " WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION area_renamed()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER area_renamed ON areas")
    op.execute("DROP FUNCTION area_renamed()")
    op.execute("DROP TRIGGER person_changed ON persons")
    op.execute("DROP FUNCTION person_changed()")
    op.drop_index("ix_areas_renamed_in", table_name="areas")
    op.drop_column("areas", "renamed_in")
    op.drop_index("ix_persons_changed_in", table_name="persons")
    op.drop_column("persons", "changed_in")
    op.drop_table("person_verifications")
    op.drop_table("person_departures")
