"""Figures of organisations and facilities.

Revision ID: 0020
Revises: 0019
"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

DEFINITIONS = sa.table(
    "definitions",
    *(sa.column(name) for name in ("code", "version", "name", "unit", "direction", "kind", "meaning", "department")),
    *(sa.column(name) for name in ("count_measure", "count_dimension", "restricted")),
    sa.column("axes", postgresql.JSONB()),
)


def _seeds() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(
        (Path(__file__).parents[1] / "definitions_seats.json").read_text(encoding="utf-8")
    )
    return found


def upgrade() -> None:
    rows = []
    for seed in _seeds():
        count = seed.pop("count")
        assert isinstance(count, list)
        rows.append({"restricted": False, **seed, "count_measure": count[0], "count_dimension": count[1]})
    op.bulk_insert(DEFINITIONS, rows)


def downgrade() -> None:
    for seed in _seeds():
        op.execute(
            sa.delete(DEFINITIONS).where(
                DEFINITIONS.c.code == seed["code"], DEFINITIONS.c.version == seed["version"]
            )
        )
