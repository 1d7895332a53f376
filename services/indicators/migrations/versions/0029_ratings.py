"""Definitions of ratings and rectifications: silence is in no numerator, and in no denominator of satisfaction.

Revision ID: 0029
Revises: 0028
"""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

FILES = Path(__file__).parents[1] / "definitions_0029"
TEXTS = ("code", "name", "unit", "direction", "kind", "meaning", "department")

DEFINITIONS = sa.table(
    "definitions",
    *(sa.column(name) for name in (*TEXTS, "version", "count_measure", "restricted", "scale")),
    sa.column("axes", postgresql.JSONB()),
    sa.column("formula", postgresql.JSONB()),
)
COUNTINGS = sa.table(
    "countings",
    *(sa.column(name) for name in ("slot", "measure", "noun", "form", "scale", "guarded", "after", "complete")),
    sa.column("counted", postgresql.JSONB()),
)


def _shipped() -> list[dict[str, Any]]:
    return [one for path in sorted(FILES.glob("*.json")) for one in json.loads(path.read_text(encoding="utf-8"))]


def _formula(one: dict[str, Any]) -> dict[str, Any]:
    if "share" in one:
        return {"ratio": [one["share"]["numerator"], one["share"]["denominator"]]}
    return {"counted": one["counted"]}


def upgrade() -> None:
    held = set(op.get_bind().execute(sa.text("SELECT DISTINCT noun FROM projected_states")).scalars())
    for one in _shipped():
        counted: dict[str, Any] = one.get("counted", {})
        measure = f"{one['code']}@1" if counted else None
        content: dict[str, Any] = {"version": 1, "count_measure": measure, "restricted": False, "scale": 0}
        content |= {"axes": counted.get("parts", []), "formula": _formula(one)}
        op.execute(sa.insert(DEFINITIONS).values(**{name: one[name] for name in TEXTS}, **content))
        for slot in (0, 1) if counted else ():
            op.execute(
                sa.insert(COUNTINGS).values(
                    slot=slot,
                    measure=measure,
                    noun=counted["noun"],
                    form=one["kind"],
                    counted=counted,
                    scale=0,
                    guarded=False,
                    after="",
                    complete=counted["noun"] not in held,
                )
            )


def downgrade() -> None:
    codes = [one["code"] for one in _shipped()]
    op.execute(sa.delete(DEFINITIONS).where(DEFINITIONS.c.code.in_(codes)))
    op.execute(sa.delete(COUNTINGS).where(COUNTINGS.c.measure.in_([f"{code}@1" for code in codes])))
