"""Trees of other days, out of what registry announced of its areas."""

from datetime import date

from services.indicators.deltas.repository import DeltaRepository
from services.indicators.figures.domain.trees import Tree, Unit
from shared.reference.areas import county_of


async def tree_of(deltas: DeltaRepository, area: str, day: date) -> Tree:
    """The tree of a day around an area: of its county, or of all counties inside it."""
    units = await deltas.lives_of_areas(county_of(area))
    return Tree([Unit(one.code, one.since, one.until, one.successors) for one in units], day)
