"""Figures of births by how they were attended, and of infant and maternal deaths.

Revision ID: 0017
Revises: 0016
"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

DEFINITIONS = sa.table(
    "definitions",
    *(sa.column(name) for name in ("code", "version", "name", "unit", "direction", "kind", "meaning", "department")),
    *(sa.column(name) for name in ("count_measure", "count_dimension", "base_measure", "base_dimension", "restricted")),
)


def _seeds() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        (Path(__file__).parents[1] / "definitions_births.json").read_text(encoding="utf-8")
    )
    return found


def upgrade() -> None:
    rows = []
    for seed in _seeds():
        count, base = seed.pop("count"), seed.pop("base", None)
        assert isinstance(count, list)
        assert base is None or isinstance(base, list)
        measures = {"count_measure": count[0], "count_dimension": count[1]}
        measures |= {"base_measure": base[0] if base else None, "base_dimension": base[1] if base else None}
        rows.append({"restricted": False, **seed, **measures})
    op.bulk_insert(DEFINITIONS, rows)


def downgrade() -> None:
    for seed in _seeds():
        op.execute(
            sa.delete(DEFINITIONS).where(
                DEFINITIONS.c.code == seed["code"], DEFINITIONS.c.version == seed["version"]
            )
        )
