"""Definitions of matters that agents carry (代办), of agents and of originals in custody.

Revision ID: 0028
Revises: 0027
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

FILES = Path(__file__).parents[1] / "definitions_0028"
FORMS = {"stock": "stock", "flow": "flow", "percentile": "duration"}

DEFINITIONS = sa.table(
    "definitions",
    *(sa.column(name) for name in ("code", "version", "name", "unit", "direction", "kind", "meaning", "department")),
    *(sa.column(name) for name in ("count_measure", "restricted", "scale", "percentile")),
    sa.column("axes", postgresql.JSONB()),
    sa.column("formula", postgresql.JSONB()),
)
COUNTINGS = sa.table(
    "countings",
    *(sa.column(name) for name in ("slot", "measure", "noun", "form", "scale", "guarded", "after", "complete")),
    sa.column("counted", postgresql.JSONB()),
)


def _shipped() -> Iterator[dict[str, Any]]:
    for path in sorted(FILES.glob("*.json")):
        yield from json.loads(path.read_text(encoding="utf-8"))


def _formula(one: dict[str, Any]) -> dict[str, Any]:
    if "share" in one:
        return {"ratio": [one["share"]["numerator"], one["share"]["denominator"]]}
    return {"counted": one["counted"]}


def upgrade() -> None:
    held = set(op.get_bind().execute(sa.text("SELECT DISTINCT noun FROM projected_states")).scalars())
    shipped = list(_shipped())
    op.bulk_insert(
        DEFINITIONS,
        [
            {
                **{key: one[key] for key in ("code", "name", "unit", "direction", "kind", "meaning", "department")},
                "version": 1,
                "count_measure": f"{one['code']}@1" if "counted" in one else None,
                "restricted": False,
                "scale": one.get("scale", 0),
                "percentile": one.get("percentile"),
                "axes": one.get("counted", {}).get("parts", []),
                "formula": _formula(one),
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
                "noun": one["counted"]["noun"],
                "form": FORMS[one["kind"]],
                "counted": one["counted"],
                "scale": one.get("scale", 0),
                "guarded": False,
                "after": "",
                "complete": one["counted"]["noun"] not in held,
            }
            for one in shipped
            if "counted" in one
            for slot in (0, 1)
        ],
    )


def downgrade() -> None:
    codes = [one["code"] for one in _shipped()]
    op.execute(sa.delete(DEFINITIONS).where(DEFINITIONS.c.code.in_(codes)))
    op.execute(sa.delete(COUNTINGS).where(COUNTINGS.c.measure.in_([f"{code}@1" for code in codes])))
