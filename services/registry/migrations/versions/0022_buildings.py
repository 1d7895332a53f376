"""Buildings, dwellings and occupancies."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buildings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("floors", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('apartments', 'farmhouse', 'dormitory', 'mixed', 'business', 'public', 'other')",
            name=op.f("ck_buildings_kind"),
        ),
        sa.CheckConstraint("status IN ('standing', 'demolished', 'withdrawn')", name=op.f("ck_buildings_status")),
        sa.CheckConstraint("(status = 'demolished') = (valid_to IS NOT NULL)", name=op.f("ck_buildings_demolished")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_buildings_dates")),
        sa.CheckConstraint("floors BETWEEN 1 AND 200", name=op.f("ck_buildings_floors")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buildings")),
    )
    op.create_index("ix_buildings_area_id", "buildings", ["area", "id"])
    _digests("building")
    op.create_table(
        "dwellings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("room_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("floor_area", sa.Numeric(9, 2), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('standing', 'ended', 'withdrawn')", name=op.f("ck_dwellings_status")),
        sa.CheckConstraint("(status = 'ended') = (valid_to IS NOT NULL)", name=op.f("ck_dwellings_ended")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_dwellings_dates")),
        sa.CheckConstraint("floor_area > 0", name=op.f("ck_dwellings_floor_area")),
        sa.ForeignKeyConstraint(["building_id"], ["buildings.id"], name=op.f("fk_dwellings_building_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dwellings")),
    )
    op.create_index("ix_dwellings_area_id", "dwellings", ["area", "id"])
    op.create_index("ix_dwellings_building", "dwellings", ["building_id", "id"])
    _digests("dwelling")
    op.create_table(
        "dwelling_conditions",
        sa.Column("dwelling_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "topic IN ('use', 'water', 'road', 'gas', 'clean_energy', 'power', 'telecom', 'toilet')",
            name=op.f("ck_dwelling_conditions_topic"),
        ),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwellings.id"], name=op.f("fk_dwelling_conditions_dwelling_id")),
        sa.PrimaryKeyConstraint("dwelling_id", "number", name=op.f("pk_dwelling_conditions")),
    )
    op.create_index(
        "uq_dwelling_conditions_day",
        "dwelling_conditions",
        ["dwelling_id", "topic", "since"],
        unique=True,
        postgresql_where=sa.text("NOT withdrawn"),
    )
    op.create_table(
        "occupancies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("dwelling_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.Column("lease_until", sa.Date(), nullable=True),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'tenant', 'occupant')", name=op.f("ck_occupancies_role")),
        sa.CheckConstraint("status IN ('current', 'ended', 'withdrawn')", name=op.f("ck_occupancies_status")),
        sa.CheckConstraint("(person_id IS NULL) <> (household_id IS NULL)", name=op.f("ck_occupancies_party")),
        sa.CheckConstraint(
            "status = 'withdrawn' OR (status = 'ended') = (until IS NOT NULL)", name=op.f("ck_occupancies_ended")
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_occupancies_dates")),
        sa.CheckConstraint(
            "role = 'tenant' OR (lease_until IS NULL AND letter_id IS NULL)", name=op.f("ck_occupancies_lease")
        ),
        sa.ForeignKeyConstraint(["dwelling_id"], ["dwellings.id"], name=op.f("fk_occupancies_dwelling_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_occupancies_person_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_occupancies_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancies")),
    )
    op.create_index("ix_occupancies_dwelling", "occupancies", ["dwelling_id", "id"])
    op.create_index("ix_occupancies_person", "occupancies", ["person_id"])
    op.create_index("ix_occupancies_household", "occupancies", ["household_id"])
    living = sa.text("role = 'occupant' AND status = 'current'")
    for party in ("person", "household"):
        op.create_index(
            f"uq_occupancies_{party}", "occupancies", [f"{party}_id"], unique=True, postgresql_where=living
        )


def _digests(noun: str) -> None:
    op.create_table(
        f"{noun}_digests",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(f"{noun}_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint([f"{noun}_id"], [f"{noun}s.id"], name=op.f(f"fk_{noun}_digests_{noun}_id")),
        sa.PrimaryKeyConstraint("key_id", "digest", name=op.f(f"pk_{noun}_digests")),
    )
    op.create_index(f"ix_{noun}_digests_{noun}", f"{noun}_digests", [f"{noun}_id"])


def downgrade() -> None:
    for table in ("occupancies", "dwelling_conditions", "dwelling_digests", "dwellings", "building_digests", "buildings"):
        op.drop_table(table)
