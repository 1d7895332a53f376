"""Definitions, deltas, grid members and announced values, beside the kit's tables."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from shared.migration.kit_schema import create_0001, drop_0001

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_0001(op)
    definitions = op.create_table(
        "definitions",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("count_measure", sa.Text(), nullable=False),
        sa.Column("count_dimension", sa.Text(), server_default="", nullable=False),
        sa.Column("base_measure", sa.Text(), nullable=True),
        sa.Column("base_dimension", sa.Text(), nullable=True),
        sa.Column("restricted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("kind IN ('stock', 'flow', 'ratio')", name=op.f("ck_definitions_kind")),
        sa.CheckConstraint("direction IN ('up', 'down', 'neutral')", name=op.f("ck_definitions_direction")),
        sa.CheckConstraint(
            "(kind = 'ratio') = (base_measure IS NOT NULL)", name=op.f("ck_definitions_ratio_has_base")
        ),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_definitions")),
    )
    op.execute(
        """
        CREATE TABLE deltas (
            slot smallint NOT NULL,
            area text COLLATE "C" NOT NULL,
            measure text NOT NULL,
            dimension text NOT NULL,
            day date NOT NULL,
            amount bigint NOT NULL,
            CONSTRAINT pk_deltas PRIMARY KEY (slot, area, measure, dimension, day) INCLUDE (amount)
        )
        """
    )
    op.create_table(
        "grid_members",
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("grid", sa.Text(collation="C"), nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("aggregate", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slot", "grid", "noun", "aggregate", name=op.f("pk_grid_members")),
    )
    op.create_table(
        "announced_values",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(collation="C"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announced_values")),
    )
    seeds = json.loads((Path(__file__).parents[1] / "definitions_0001.json").read_text(encoding="utf-8"))
    op.bulk_insert(
        definitions,
        [
            {
                **{key: seed[key] for key in ("code", "name", "unit", "direction", "kind", "meaning", "department")},
                "version": 1,
                "count_measure": seed["count"][0],
                "count_dimension": seed["count"][1],
                "base_measure": seed["base"][0] if "base" in seed else None,
                "base_dimension": seed["base"][1] if "base" in seed else None,
                "restricted": seed.get("restricted", False),
            }
            for seed in seeds
        ],
    )


def downgrade() -> None:
    for table in ("announced_values", "grid_members", "deltas", "definitions"):
        op.drop_table(table)
    drop_0001(op)
