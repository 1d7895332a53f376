"""What grid knows of the county, for its ledgers: its own grids, and what registry announced."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.repository import GridRepository
from shared.auth.scope import Scope
from shared.erasures.known import erased_persons
from shared.ledgers.forms.openrosa.areas import projected_area_names
from shared.ledgers.forms.openrosa.messages import ListedArea
from shared.ledgers.grammar.words import AreaLevel, Subject
from shared.ledgers.records.surroundings import (
    HOUSEHOLDS,
    PERSONS,
    Surroundings,
    places_of_households,
    places_of_persons,
)


async def _open_grids(session: AsyncSession, codes: Collection[str]) -> Collection[str]:
    return await GridRepository(session).open_codes(codes)


async def named_areas(session: AsyncSession, places: Scope, on: date) -> Sequence[ListedArea]:
    """The areas that forms offer: registry's, and below each village its grids."""
    areas = await projected_area_names(session, places, on)
    villages = {area.code: area.name for area in areas}
    grids = [
        ListedArea(code, f"{villages.get(code[:12], '')}第{int(code[12:])}网格", AreaLevel.GRID.value)
        for code in await GridRepository(session).open_in(places)
    ]
    return sorted([*areas, *grids], key=lambda area: area.code)


SURROUNDINGS = Surroundings(
    erased=erased_persons,
    grids=_open_grids,
    known={Subject.PERSON: PERSONS, Subject.HOUSEHOLD: HOUSEHOLDS},
    lies={Subject.PERSON: places_of_persons, Subject.HOUSEHOLD: places_of_households},
)
