"""Names of the areas that forms offer, out of what registry announced."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.scope import Scope
from shared.contracts.registry.areas import AreaState
from shared.ledgers.forms.openrosa.messages import ListedArea
from shared.ledgers.grammar.words import AreaLevel
from shared.messaging.projection.states import ProjectedState, live_slot

LEVELS = {level.digits: level.value for level in AreaLevel}
"""Levels by the number of digits of a code."""


async def projected_area_names(session: AsyncSession, places: Scope, on: date) -> Sequence[ListedArea]:
    """The areas of a day that lie in these places, county to village, in the order of their codes."""
    statement = (
        select(ProjectedState.state)
        .where(ProjectedState.slot == live_slot(), ProjectedState.noun == AreaState.noun)
        .where(places.where(ProjectedState.area))
        .order_by(ProjectedState.aggregate)
    )
    found = [AreaState.model_validate(state) for state in await session.scalars(statement)]
    return [
        ListedArea(area.code, area.name, LEVELS[len(area.code)])
        for area in found
        if len(area.code) in LEVELS and area.is_valid_on(on)
    ]
