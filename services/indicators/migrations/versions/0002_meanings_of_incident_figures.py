"""Second versions of two meanings: what the public reports counts once it is filed; deferred incidents are left out."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The figures that were counted by the first meaning are counted again by a rebuild (docs/operations/republish.md).
_NEXT = sa.text(
    """
    INSERT INTO definitions (code, version, name, unit, direction, kind, meaning, department, count_measure,
      count_dimension, base_measure, base_dimension, restricted)
    SELECT code, 2, name, unit, direction, kind, :meaning, department, count_measure, count_dimension, base_measure,
      base_dimension, restricted
    FROM definitions WHERE code = :code AND version = 1
    """
)


def upgrade() -> None:
    seeds = json.loads((Path(__file__).parents[1] / "definitions_0002.json").read_text(encoding="utf-8"))
    for seed in seeds:
        op.execute(_NEXT.bindparams(code=seed["code"], meaning=seed["meaning"]))


def downgrade() -> None:
    op.execute("DELETE FROM definitions WHERE version = 2")
