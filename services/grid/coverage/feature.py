"""Coverage as the house knows it."""

from services.grid.coverage.api import router
from services.grid.coverage.domain import Flaw
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(router=router, code_lists=(published("border_flaws", "网格边界问题", Flaw),))
"""Its endpoint stands among those of grids in the documents."""
