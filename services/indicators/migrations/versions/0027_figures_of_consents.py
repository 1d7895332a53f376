"""Definitions of figures of consents. Small counts are told to nobody, exact ones to who reads consents.

Revision ID: 0027
Revises: 0026
"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FILE = Path(__file__).parents[1] / "definitions_0027" / "consents.json"
NOUN = "registry.consent_count"
LEAST = 5

DEFINITIONS = sa.table(
    "definitions",
    *(sa.column(name) for name in ("code", "version", "name", "unit", "direction", "kind", "meaning", "department")),
    *(sa.column(name) for name in ("count_measure", "restricted", "scale", "least", "read_by")),
    sa.column("axes", postgresql.JSONB()),
    sa.column("formula", postgresql.JSONB()),
)
COUNTINGS = sa.table(
    "countings",
    *(sa.column(name) for name in ("slot", "measure", "noun", "form", "scale", "guarded", "after", "complete")),
    sa.column("counted", postgresql.JSONB()),
)


def upgrade() -> None:
    shipped = json.loads(FILE.read_text(encoding="utf-8"))
    op.bulk_insert(
        DEFINITIONS,
        [
            {
                **{key: one[key] for key in ("code", "name", "unit", "direction", "kind", "meaning", "department")},
                "version": 1,
                "count_measure": f"{one['code']}@1",
                "restricted": False,
                "scale": 0,
                "least": LEAST,
                "read_by": "consent.read",
                "axes": one["counted"]["parts"],
                "formula": {"counted": one["counted"]},
            }
            for one in shipped
        ],
    )
    op.bulk_insert(
        COUNTINGS,
        [
            {
                "slot": slot,
                "measure": f"{one['code']}@1",
                "noun": NOUN,
                "form": one["kind"],
                "counted": one["counted"],
                "scale": 0,
                "guarded": False,
                "after": "",
                "complete": True,
            }
            for one in shipped
            for slot in (0, 1)
        ],
    )


def downgrade() -> None:
    measures = [f"{one['code']}@1" for one in json.loads(FILE.read_text(encoding="utf-8"))]
    op.execute(sa.delete(COUNTINGS).where(COUNTINGS.c.measure.in_(measures)))
    op.execute(sa.delete(DEFINITIONS).where(DEFINITIONS.c.count_measure.in_(measures)))
